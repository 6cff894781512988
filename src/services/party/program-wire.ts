import { BugError, DataError } from '../../core/errors.js';
import { checkArchitecture } from '../../core/nn/check-graph.js';
import type { FixedPoint } from '../../core/nn/fixed-point.js';
import { guardFixedPoint, truncationBits } from '../../core/nn/fixed-point.js';
import type { Graph } from '../../core/nn/graph.js';
import { runsOfIndices } from '../../core/nn/index-runs.js';
import type { SignWindow } from '../../core/nn/ranges.js';
import { guardReadByLayer, type SecureProgram } from '../../core/nn/secure.js';
import { badProgram, fieldOf, type LayerSize, listOf, readGraph, textOf, wholeOf } from './program-fields.js';

/**
 * A program as text, without its weights: what the client sends and the parties compare, byte for byte.
 * Its architecture is public: the parties learn layers, sizes, bits and windows, and nothing of the weights.
 */
export function encodeProgram({ graph, fixedPoint, windows }: SecureProgram): string {
	const nodes = graph.nodes.map((node) => {
		if ('weights' in node) return { ...node, weights: node.weights.length, bias: node.bias.length };
		if (node.kind === 'gather' && node.indices) return { ...node, indices: runsOfIndices(node.indices) };
		return node;
	});
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
	let fields: unknown;
	try {
		fields = JSON.parse(text);
	} catch (cause) {
		throw new DataError('bad-program', 'the program is not JSON', { cause });
	}
	const { graph: unordered, layers } = readGraph(fieldOf(fields, 'graph'));
	const graph = checkArchitecture(unordered);
	const numbers = fieldOf(fields, 'fixedPoint');
	const fixedPoint: FixedPoint = {
		ringBits: ringBitsOf(fieldOf(numbers, 'ringBits')),
		fractionalBits: new Map(entriesOf(fieldOf(numbers, 'fractionalBits'))),
		weightBits: new Map(entriesOf(fieldOf(numbers, 'weightBits'))),
	};
	guardForeign(graph, fixedPoint);
	return {
		program: { graph, fixedPoint, windows: windowsOf(fieldOf(fields, 'windows'), fixedPoint.ringBits) },
		layers,
	};
}

/** Throws: DataError for bits that the graph cannot have; where they are a program's own, that is a mistake of ours. */
function guardForeign(graph: Graph, fixedPoint: FixedPoint): void {
	try {
		guardFixedPoint(graph, fixedPoint);
	} catch (error) {
		if (error instanceof BugError) throw badProgram('bits', error.message);
		throw error;
	}
	for (const node of graph.nodes) {
		const isMean = node.kind === 'average-pool' || node.kind === 'global-average-pool';
		if (isMean && truncationBits(node, fixedPoint) === 0) guardReadByLayer(graph, node.output);
	}
}

function ringBitsOf(value: unknown): 32 | 64 {
	if (value === 32 || value === 64) return value;
	throw badProgram('ringBits', 'these parties compute in 32 or 64 bits');
}

function windowsOf(value: unknown, ringBits: number): Map<string, SignWindow> {
	return new Map(
		listOf(value, 'windows').map((entry): [string, SignWindow] => {
			const [name, window] = listOf(entry, 'windows');
			const [from, to] = ['from', 'to'].map((end) => wholeOf(fieldOf(window, end), `windows: ${end}`, ringBits));
			if (from + 2 > to) throw badProgram('windows', 'expected two bits of the ring or more');
			return [textOf(name, 'windows'), { from, to }];
		}),
	);
}

function entriesOf(value: unknown): [string, number][] {
	return listOf(value, 'bits').map((entry): [string, number] => {
		const [name, bits] = listOf(entry, 'bits');
		return [textOf(name, 'bits'), wholeOf(bits, 'bits', 64)];
	});
}
