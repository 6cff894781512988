import fc from 'fast-check';
import { checkGraph } from '../../src/core/nn/check-graph.js';
import type { Graph, GraphNode, TensorShape, Window } from '../../src/core/nn/graph.js';
import { sizeOf, windowOf } from '../../src/core/nn/graph.js';
import type { SeededNumbers } from '../../src/core/nn/seeded-numbers.js';
import { seededNumbers } from '../../src/core/nn/seeded-numbers.js';
import { inferShapes, tensorNamed } from '../../src/core/nn/shapes.js';

/** A checked graph of up to ten nodes, and an input for it within [-1, 1). */
export interface RandomCase {
	readonly graph: Graph;
	readonly input: Float64Array;
}

interface Choice {
	readonly kind: GraphNode['kind'];
	/** Decides what the kind leaves open, such as kernel and stride. */
	readonly detail: number;
}

const kinds = [
	'conv',
	'conv',
	'relu',
	'relu',
	'add',
	'max-pool',
	'average-pool',
	'scale',
	'global-average-pool',
	'flatten',
	'gemm',
	'multiply',
	'gather',
	'gather',
] as const;

/** Small graphs of every kind of node, with branches; `without` leaves kinds out. Shrinks towards fewer nodes. */
export function randomCase(without: readonly GraphNode['kind'][] = []): fc.Arbitrary<RandomCase> {
	const side = fc.integer({ min: 1, max: 9 });
	return fc
		.record({
			shape: fc.record({ channels: fc.integer({ min: 1, max: 4 }), height: side, width: side }),
			choices: fc.array(
				fc.record({
					kind: fc.constantFrom(...kinds.filter((kind) => !without.includes(kind))),
					detail: fc.nat(2 ** 16 - 1),
				}),
				{ minLength: 1, maxLength: 10 },
			),
			seed: fc.nat(),
		})
		.map(({ shape, choices, seed }) => {
			const numbers = seededNumbers(seed);
			const graph = build(shape, choices, numbers);
			return { graph, input: Float64Array.from({ length: sizeOf(shape) }, () => numbers.nextWithin(1)) };
		});
}

function build(inputShape: TensorShape, choices: readonly Choice[], numbers: SeededNumbers): Graph {
	let graph: Graph = { name: 'random', input: 'x', inputShape, output: 'x', nodes: [] };
	for (const [i, choice] of choices.entries()) {
		const node = nodeFor(graph, choice, `t${i}`, numbers);
		if (node !== undefined) graph = { ...graph, nodes: [...graph.nodes, node], output: node.output };
	}
	return checkGraph(graph);
}

/** The node that a choice means on the newest tensor; none where it does not fit. */
function nodeFor(
	graph: Graph,
	{ kind, detail }: Choice,
	output: string,
	numbers: SeededNumbers,
): GraphNode | undefined {
	const shapes = inferShapes(graph);
	const input = graph.output;
	const from = tensorNamed(shapes, input);
	switch (kind) {
		case 'add':
		case 'multiply': {
			const alike = [...shapes].filter(([, shape]) => sameShape(shape, from)).map(([name]) => name);
			const both = { left: input, right: alike[detail % alike.length], output };
			return kind === 'add' && (detail >> 8) % 3 === 0 ? { kind, ...both, minus: true } : { kind, ...both };
		}
		case 'gather':
			return gatherNode(graph, shapes, detail, output, numbers);
		case 'conv': {
			const groups = (detail >> 8) % 3 === 0 ? from.channels : 1;
			const outChannels = groups * (1 + ((detail >> 10) % 3));
			const window = convWindow(detail, from);
			const fanIn = (from.channels / groups) * window.kernelHeight * window.kernelWidth;
			return { kind, input, output, outChannels, groups, window, ...values(numbers, outChannels, fanIn) };
		}
		case 'gemm': {
			const outChannels = 1 + (detail % 5);
			if (from.height * from.width !== 1) return undefined;
			return { kind, input, output, outChannels, ...values(numbers, outChannels, from.channels) };
		}
		case 'scale': {
			const { channels } = from;
			return { kind, input, output, factors: some(numbers, channels, 1.5), offsets: some(numbers, channels, 0.5) };
		}
		case 'max-pool':
			return { kind, input, output, window: poolWindow(detail, from) };
		case 'average-pool':
			return { kind, input, output, window: poolWindow(detail, from), countIncludePad: detail % 2 === 0 };
		default:
			return { kind, input, output };
	}
}

/** Places of one tensor or two, picked at random, or all of one in order. */
function gatherNode(
	graph: Graph,
	shapes: ReadonlyMap<string, TensorShape>,
	detail: number,
	output: string,
	numbers: SeededNumbers,
): GraphNode {
	const names = [...shapes.keys()];
	const first = tensorNamed(shapes, graph.output);
	if (detail % 4 === 0) {
		const shape = { channels: first.height, height: first.channels, width: first.width };
		return { kind: 'gather', inputs: [graph.output], output, shape, fill: 0 };
	}
	const inputs = detail % 4 === 1 ? [graph.output, names[(detail >> 2) % names.length]] : [graph.output];
	const available = inputs.reduce((sum, name) => sum + sizeOf(tensorNamed(shapes, name)), 0);
	const shape = { channels: 1 + ((detail >> 5) % 3), height: 1 + ((detail >> 7) % 5), width: 1 + ((detail >> 10) % 5) };
	const indices = Int32Array.from({ length: sizeOf(shape) }, () => (numbers.nextWord() % (available + 1)) - 1);
	return { kind: 'gather', inputs, output, shape, indices, fill: (detail >> 3) % 2 === 0 ? 0 : numbers.nextWithin(1) };
}

/** Kernels, strides, gaps and pads of all sorts, no larger than the picture. */
function convWindow(detail: number, from: TensorShape): Window {
	const kernelHeight = 1 + (detail % Math.min(3, from.height));
	const kernelWidth = 1 + ((detail >> 2) % Math.min(4, from.width));
	return windowOf(kernelHeight, kernelWidth, {
		strideY: 1 + ((detail >> 4) % 2),
		strideX: 1 + ((detail >> 5) % 3),
		dilationY: kernelHeight * 2 - 1 <= from.height ? 1 + ((detail >> 6) % 2) : 1,
		padTop: (detail >> 7) % 2,
		padLeft: (detail >> 8) % 3,
		padBottom: (detail >> 9) % 3,
		padRight: (detail >> 10) % 2,
	});
}

function poolWindow(detail: number, from: TensorShape): Window {
	const kernelHeight = 1 + ((detail >> 1) % Math.min(3, from.height));
	const kernelWidth = 1 + ((detail >> 3) % Math.min(3, from.width));
	return windowOf(kernelHeight, kernelWidth, {
		strideY: 1 + ((detail >> 5) % 2),
		strideX: 1 + ((detail >> 6) % 3),
		padTop: (detail >> 7) % kernelHeight,
		padRight: (detail >> 8) % kernelWidth,
	});
}

function values(
	numbers: SeededNumbers,
	outChannels: number,
	fanIn: number,
): { weights: Float32Array; bias: Float32Array } {
	const bound = Math.sqrt(3 / fanIn);
	return { weights: some(numbers, outChannels * fanIn, bound), bias: some(numbers, outChannels, 0.25) };
}

function some(numbers: SeededNumbers, count: number, bound: number): Float32Array {
	return Float32Array.from({ length: count }, () => numbers.nextWithin(bound));
}

function sameShape(a: TensorShape, b: TensorShape): boolean {
	return a.channels === b.channels && a.height === b.height && a.width === b.width;
}
