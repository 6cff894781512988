import { BugError, DataError } from '../errors.js';
import type { ConvNode, GatherNode, Graph, GraphNode, TensorShape, Window } from './graph.js';
import { sizeOf, tensorText } from './graph.js';

/** Values in one tensor at most: beyond it a network is a mistake or an attack. */
export const maxTensorValues = 2 ** 27;

/**
 * The shape of every tensor by name.
 * Shape: nodes in order of execution, as `checkGraph` returns them.
 * Throws: DataError `bad-network` where a node does not fit what it reads.
 */
export function inferShapes(graph: Graph): ReadonlyMap<string, TensorShape> {
	const shapes = new Map<string, TensorShape>();
	const keep = (name: string, shape: TensorShape): void => {
		if (![shape.channels, shape.height, shape.width].every(isCount) || sizeOf(shape) > maxTensorValues) {
			throw refusal(graph, name, `a tensor of ${tensorText(shape)} is empty or has over ${maxTensorValues} values`);
		}
		shapes.set(name, shape);
	};
	keep(graph.input, graph.inputShape);
	for (const node of graph.nodes) {
		const refuse = (why: string): DataError => refusal(graph, node.output, why);
		keep(
			node.output,
			nodeShape(node, (name) => tensorNamed(shapes, name), refuse),
		);
	}
	return shapes;
}

/** What a map of a checked graph holds for a tensor. Throws: BugError for a name that is not in it. */
export function tensorNamed<T>(tensors: ReadonlyMap<string, T>, name: string): T {
	const found = tensors.get(name);
	if (found === undefined) throw new BugError('unknown-tensor', `tensor ${name}: nothing is known of it`);
	return found;
}

/** A network that cannot be run, named by the node that shows it. */
export function refusal(graph: Graph, node: string, why: string): DataError {
	return new DataError('bad-network', `${graph.name}: ${node}: ${why}`);
}

type Refuse = (why: string) => DataError;

/** The shape of what one node writes. Throws: what `refuse` makes of a node that does not fit what it reads. */
export function nodeShape(node: GraphNode, shapeOf: (name: string) => TensorShape, refuse: Refuse): TensorShape {
	if (node.kind === 'add' || node.kind === 'multiply') {
		const [left, right] = [shapeOf(node.left), shapeOf(node.right)];
		const [verb, word] = node.kind === 'add' ? ['adds', 'to'] : ['multiplies', 'by'];
		if (tensorText(left) !== tensorText(right)) {
			throw refuse(`${verb} ${tensorText(left)} ${word} ${tensorText(right)}`);
		}
		return left;
	}
	if (node.kind === 'gather') return gatherShape(node, shapeOf, refuse);
	const from = shapeOf(node.input);
	switch (node.kind) {
		case 'conv':
			return convShape(node, from, refuse);
		case 'gemm':
			if (from.height !== 1 || from.width !== 1) {
				throw refuse(`a fully connected layer reads a vector, got ${tensorText(from)}: flatten it first`);
			}
			guardLength(node.weights, node.outChannels * from.channels, 'weights', refuse);
			guardLength(node.bias, node.outChannels, 'bias', refuse);
			return { channels: node.outChannels, height: 1, width: 1 };
		case 'scale':
			guardLength(node.factors, from.channels, 'factors', refuse);
			guardLength(node.offsets, from.channels, 'offsets', refuse);
			return from;
		case 'relu':
			return from;
		case 'max-pool':
		case 'average-pool':
			guardPoolPads(node.window, refuse);
			return { channels: from.channels, ...slide(node.window, from, refuse) };
		case 'global-average-pool':
			return { channels: from.channels, height: 1, width: 1 };
		case 'flatten':
			return { channels: sizeOf(from), height: 1, width: 1 };
	}
}

function gatherShape(
	{ inputs, shape, indices, fill }: GatherNode,
	shapeOf: (name: string) => TensorShape,
	refuse: Refuse,
): TensorShape {
	const available = inputs.reduce((sum, name) => sum + sizeOf(shapeOf(name)), 0);
	const count = indices?.length ?? available;
	if (inputs.length === 0 || count !== sizeOf(shape) || (indices === undefined && inputs.length !== 1)) {
		throw refuse(`moves ${count} values into ${tensorText(shape)}`);
	}
	if (indices?.every((index) => index >= -1 && index < available) === false) {
		throw refuse(`reads beyond the ${available} values of its inputs`);
	}
	if (!Number.isFinite(fill)) throw refuse('fills with something that is no finite number');
	return shape;
}

function convShape(node: ConvNode, from: TensorShape, refuse: Refuse): TensorShape {
	const { groups, outChannels, window } = node;
	if (!isCount(groups) || !isCount(outChannels) || from.channels % groups !== 0 || outChannels % groups !== 0) {
		throw refuse(`${groups} groups do not divide ${from.channels} channels in and ${outChannels} out`);
	}
	const size = slide(window, from, refuse);
	const taps = window.kernelHeight * window.kernelWidth;
	guardLength(node.weights, (outChannels * from.channels * taps) / groups, 'weights', refuse);
	guardLength(node.bias, outChannels, 'bias', refuse);
	return { channels: outChannels, ...size };
}

/** Height and width of what a window gives, rounded down: a step that does not fit is left out. */
function slide(window: Window, from: TensorShape, refuse: Refuse): { height: number; width: number } {
	const { kernelHeight, kernelWidth, strideY, strideX, dilationY, dilationX } = window;
	const { padTop, padLeft, padBottom, padRight } = window;
	if (![kernelHeight, kernelWidth, strideY, strideX, dilationY, dilationX].every(isCount)) {
		throw refuse('kernel, stride and dilation: expected whole numbers of at least 1');
	}
	if (![padTop, padLeft, padBottom, padRight].every((pad) => pad === 0 || isCount(pad))) {
		throw refuse('pads: expected whole numbers of at least 0');
	}
	const reachY = (kernelHeight - 1) * dilationY + 1;
	const reachX = (kernelWidth - 1) * dilationX + 1;
	const roomY = from.height + padTop + padBottom - reachY;
	const roomX = from.width + padLeft + padRight - reachX;
	if (roomY < 0 || roomX < 0) {
		throw refuse(`a window of ${reachY}x${reachX} (rows x columns) is larger than ${tensorText(from)} with its pads`);
	}
	return { height: Math.floor(roomY / strideY) + 1, width: Math.floor(roomX / strideX) + 1 };
}

/** A window that lies in the pads alone would have no maximum, and a mean of nothing. */
function guardPoolPads(window: Window, refuse: Refuse): void {
	const { kernelHeight, kernelWidth, dilationY, dilationX } = window;
	if (dilationY !== 1 || dilationX !== 1) throw refuse('pools with gaps (dilation) are not supported');
	if (
		Math.max(window.padTop, window.padBottom) >= kernelHeight ||
		Math.max(window.padLeft, window.padRight) >= kernelWidth
	)
		throw refuse(`pads must be smaller than the pool's window of ${kernelHeight}x${kernelWidth}`);
}

function guardLength(values: Float32Array, count: number, what: string, refuse: Refuse): void {
	if (values.length !== count) throw refuse(`${what}: expected ${count} values, got ${values.length}`);
}

/** Throws: what `refuse` makes of a layer with an infinity or a NaN among its numbers. */
export function guardFinite(node: GraphNode, refuse: Refuse): void {
	const values =
		node.kind === 'conv' || node.kind === 'gemm'
			? { weights: node.weights, bias: node.bias }
			: node.kind === 'scale'
				? { factors: node.factors, offsets: node.offsets }
				: {};
	for (const [what, numbers] of Object.entries(values)) {
		// a network has millions of them, and a callback each takes twenty times as long
		for (let i = 0; i < numbers.length; i++) {
			if (!Number.isFinite(numbers[i])) throw refuse(`${what}: not every value is a finite number`);
		}
	}
}

function isCount(value: number): boolean {
	return Number.isSafeInteger(value) && value >= 1;
}
