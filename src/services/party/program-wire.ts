import { DataError } from '../../core/errors.js';
import { checkGraph } from '../../core/nn/check-graph.js';
import type { FixedPoint } from '../../core/nn/fixed-point.js';
import { guardFixedPoint } from '../../core/nn/fixed-point.js';
import type { Graph, GraphNode } from '../../core/nn/graph.js';
import type { SignWindow } from '../../core/nn/ranges.js';
import type { SecureProgram } from '../../core/nn/secure.js';

/** How many integers a layer has; they travel beside the program, public or on shares. */
export interface LayerSize {
	readonly name: string;
	readonly weights: number;
	readonly bias: number;
}

/** Longest text of a program that a party reads. */
export const MAX_PROGRAM_BYTES = 4 * 1024 * 1024;

/**
 * A program as text, without its weights: what the client sends and the parties compare, byte for byte.
 * Its architecture is public: the parties learn layers, sizes, bits and windows, and nothing of the weights.
 */
export function encodeProgram({ graph, fixedPoint, windows }: SecureProgram): string {
	const nodes = graph.nodes.map((node) =>
		'weights' in node ? { ...node, weights: node.weights.length, bias: node.bias.length } : node,
	);
	return JSON.stringify({
		graph: { ...graph, nodes },
		fixedPoint: {
			ringBits: fixedPoint.ringBits,
			fractionalBits: [...fixedPoint.fractionalBits],
			weightBits: [...fixedPoint.weightBits],
		},
		windows: [...windows],
	});
}

/**
 * Reads a program that a client sent.
 * Throws: DataError for anything that is not one, with the network's own sentences.
 */
export function decodeProgram(text: string): {
	readonly program: SecureProgram;
	readonly layers: readonly LayerSize[];
} {
	if (text.length > MAX_PROGRAM_BYTES) throw new DataError('bad-program', 'the program is too long');
	let fields: { graph: Graph; fixedPoint: Record<string, unknown>; windows: unknown };
	try {
		fields = JSON.parse(text);
		if (!Array.isArray(fields.graph.nodes)) throw new TypeError('nodes');
	} catch (cause) {
		throw new DataError('bad-program', 'the program is not one', { cause });
	}
	const layers: LayerSize[] = [];
	const nodes = fields.graph.nodes.map((node: GraphNode): GraphNode => {
		if (node.kind === 'scale') throw new DataError('bad-program', `${node.output}: a scale does not run on integers`);
		if (node.kind !== 'conv' && node.kind !== 'gemm') return node;
		const size = { name: node.output, weights: countOf(node.weights), bias: countOf(node.bias) };
		layers.push(size);
		// the values travel beside the program; the graph's own checks need their number only
		return { ...node, weights: new Float32Array(size.weights), bias: new Float32Array(size.bias) };
	});
	const graph = checkGraph({ ...fields.graph, nodes });
	const fixedPoint: FixedPoint = {
		ringBits: 32,
		fractionalBits: new Map(entriesOf(fields.fixedPoint.fractionalBits)),
		weightBits: new Map(entriesOf(fields.fixedPoint.weightBits)),
	};
	if (fields.fixedPoint.ringBits !== 32) throw new DataError('bad-program', 'these parties compute in 32 bits only');
	guardFixedPoint(graph, fixedPoint);
	return { program: { graph, fixedPoint, windows: windowsOf(fields.windows) }, layers };
}

function windowsOf(value: unknown): Map<string, SignWindow> {
	if (!Array.isArray(value)) throw new DataError('bad-program', 'windows: expected a list');
	return new Map(
		value.map(([name, { from, to }]): [string, SignWindow] => {
			const isWindow = Number.isInteger(from) && Number.isInteger(to) && from >= 0 && from + 2 <= to && to <= 32;
			if (typeof name !== 'string' || !isWindow)
				throw new DataError('bad-program', 'windows: expected bits of the ring');
			return [name, { from, to }];
		}),
	);
}

function entriesOf(value: unknown): [string, number][] {
	if (!Array.isArray(value)) throw new DataError('bad-program', 'bits: expected a list');
	return value.map(([name, bits]) => {
		if (typeof name !== 'string' || !Number.isInteger(bits))
			throw new DataError('bad-program', 'bits: expected whole numbers');
		return [name, bits];
	});
}

function countOf(value: unknown): number {
	if (typeof value === 'number' && Number.isInteger(value) && value >= 0 && value <= 2 ** 27) return value;
	throw new DataError('bad-program', 'weights: expected a number of them');
}
