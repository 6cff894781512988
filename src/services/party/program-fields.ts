import { DataError } from '../../core/errors.js';
import {
	type GatherNode,
	type Graph,
	type GraphNode,
	sizeOf,
	type TensorShape,
	type Window,
} from '../../core/nn/graph.js';
import { indicesOfRuns } from '../../core/nn/index-runs.js';

/** How many integers a layer has; they travel beside the program, public or on shares. */
export interface LayerSize {
	readonly name: string;
	readonly weights: number;
	readonly bias: number;
}

/** Names of tensors and of the network, in characters. */
const MAX_NAME = 200;
const MAX_NODES = 10_000;
/** Of a kernel, stride, gap or pad; the kernels count in 32 bits. */
const MAX_SIDE = 2 ** 20;
/** Of all layers together: a party takes memory for them before it has seen one. */
export const MAX_WEIGHTS = 2 ** 26;

/** The field of a foreign object, or nothing where it is none. */
export function fieldOf(value: unknown, name: string): unknown {
	return typeof value === 'object' && value !== null && Object.hasOwn(value, name)
		? Reflect.get(value, name)
		: undefined;
}

/** Throws: DataError `bad-program` that names the field. */
export function listOf(value: unknown, where: string): readonly unknown[] {
	if (Array.isArray(value) && value.length <= MAX_NODES) return value;
	throw badProgram(where, `expected a list of at most ${MAX_NODES}`);
}

/** Throws: DataError `bad-program` that names the field. */
export function textOf(value: unknown, where: string): string {
	if (typeof value === 'string' && value.length <= MAX_NAME) return value;
	throw badProgram(where, `expected a text of at most ${MAX_NAME} characters`);
}

/** Throws: DataError `bad-program` that names the field. */
export function wholeOf(value: unknown, where: string, max: number): number {
	if (typeof value === 'number' && Number.isInteger(value) && value >= 0 && value <= max) return value;
	throw badProgram(where, `expected a whole number from 0 to ${max}`);
}

/** For messages of this family. */
export function badProgram(where: string, why: string): DataError {
	return new DataError('bad-program', `program: ${where}: ${why}`);
}

/**
 * A graph out of what a client sent: known fields of the right types, and zeros in place of weights, for the graph's own
 * checks need their number only. Whether it makes sense is for `checkArchitecture` to say.
 * Throws: DataError `bad-program` that names the field.
 */
export function readGraph(value: unknown): { readonly graph: Graph; readonly layers: readonly LayerSize[] } {
	const layers: LayerSize[] = [];
	let total = 0;
	const values = (node: unknown, output: string): { weights: Float32Array; bias: Float32Array } => {
		const [weights, bias] = ['weights', 'bias'].map((field) =>
			wholeOf(fieldOf(node, field), `${output}: ${field}`, MAX_WEIGHTS),
		);
		layers.push({ name: output, weights, bias });
		total += weights + bias;
		if (total > MAX_WEIGHTS) throw badProgram(output, `with this layer there are over ${MAX_WEIGHTS} weights`);
		return { weights: new Float32Array(weights), bias: new Float32Array(bias) };
	};
	const nodes = listOf(fieldOf(value, 'nodes'), 'nodes').map((node, at) => readNode(node, `node ${at}`, values));
	const [name, input, output] = ['name', 'input', 'output'].map((field) => textOf(fieldOf(value, field), field));
	return { graph: { name, input, inputShape: readShape(fieldOf(value, 'inputShape')), output, nodes }, layers };
}

function readNode(
	node: unknown,
	where: string,
	values: (node: unknown, output: string) => { weights: Float32Array; bias: Float32Array },
): GraphNode {
	const text = (field: string): string => textOf(fieldOf(node, field), `${where}: ${field}`);
	const count = (field: string): number => wholeOf(fieldOf(node, field), `${where}: ${field}`, 2 ** 31);
	const output = text('output');
	const kind = text('kind');
	if (kind === 'add' || kind === 'multiply') {
		const both = { left: text('left'), right: text('right'), output };
		return kind === 'add' && fieldOf(node, 'minus') === true ? { kind, ...both, minus: true } : { kind, ...both };
	}
	if (kind === 'gather') return readGather(node, where, output);
	const ends = { input: text('input'), output };
	switch (kind) {
		case 'conv': {
			const window = readWindow(node, where);
			const sizes = { outChannels: count('outChannels'), groups: count('groups') };
			return { kind, ...ends, ...sizes, window, ...values(node, output) };
		}
		case 'gemm':
			return { kind, ...ends, outChannels: count('outChannels'), ...values(node, output) };
		case 'max-pool':
			return { kind, ...ends, window: readWindow(node, where) };
		case 'average-pool':
			return {
				kind,
				...ends,
				window: readWindow(node, where),
				countIncludePad: fieldOf(node, 'countIncludePad') === true,
			};
		case 'relu':
		case 'global-average-pool':
		case 'flatten':
			return { kind, ...ends };
		default:
			throw badProgram(where, `these parties know no ${kind}`);
	}
}

function readGather(node: unknown, where: string, output: string): GatherNode {
	const shape = readShape(fieldOf(node, 'shape'), `${where}: shape`);
	const fill = fieldOf(node, 'fill');
	if (typeof fill !== 'number') throw badProgram(`${where}: fill`, 'expected a number');
	const inputs = listOf(fieldOf(node, 'inputs'), `${where}: inputs`).map((name) => textOf(name, `${where}: inputs`));
	const runs = fieldOf(node, 'indices');
	const base = { kind: 'gather', inputs, output, shape, fill } as const;
	if (runs === undefined) return base;
	const indices = Array.isArray(runs) ? indicesOfRuns(runs, sizeOf(shape)) : undefined;
	if (indices === undefined) throw badProgram(`${where}: indices`, 'expected as many places as the shape has values');
	return { ...base, indices };
}

function readShape(value: unknown, where = 'inputShape'): TensorShape {
	const side = (field: string): number => wholeOf(fieldOf(value, field), `${where}: ${field}`, 2 ** 31);
	return { channels: side('channels'), height: side('height'), width: side('width') };
}

function readWindow(node: unknown, where: string): Window {
	const window = fieldOf(node, 'window');
	const side = (field: string): number => wholeOf(fieldOf(window, field), `${where}: window: ${field}`, MAX_SIDE);
	return {
		kernelHeight: side('kernelHeight'),
		kernelWidth: side('kernelWidth'),
		strideY: side('strideY'),
		strideX: side('strideX'),
		dilationY: side('dilationY'),
		dilationX: side('dilationX'),
		padTop: side('padTop'),
		padLeft: side('padLeft'),
		padBottom: side('padBottom'),
		padRight: side('padRight'),
	};
}
