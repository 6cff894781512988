/**
 * A network as plain data: one input, one output, nodes that name the tensors they read and the one they write.
 * Every tensor is C, H, W; a vector is channels x 1 x 1.
 */
export interface Graph {
	/** For messages. */
	readonly name: string;
	readonly input: string;
	readonly inputShape: TensorShape;
	readonly output: string;
	readonly nodes: readonly GraphNode[];
}

export interface TensorShape {
	readonly channels: number;
	readonly height: number;
	readonly width: number;
}

/** A window that runs over a picture; pads are counted in samples of the input. */
export interface Window {
	readonly kernelHeight: number;
	readonly kernelWidth: number;
	readonly strideY: number;
	readonly strideX: number;
	readonly dilationY: number;
	readonly dilationX: number;
	readonly padTop: number;
	readonly padLeft: number;
	readonly padBottom: number;
	readonly padRight: number;
}

/**
 * Cross-correlation, as networks use the word convolution: the kernel is not flipped, pads are zeros.
 * Shape: weights outChannels x inChannels / groups x kernelHeight x kernelWidth, bias outChannels.
 */
export interface ConvNode {
	readonly kind: 'conv';
	readonly input: string;
	readonly output: string;
	readonly outChannels: number;
	readonly groups: number;
	readonly window: Window;
	readonly weights: Float32Array;
	readonly bias: Float32Array;
}

/** A fully connected layer on a vector. Shape: weights outChannels x inChannels, bias outChannels. */
export interface GemmNode {
	readonly kind: 'gemm';
	readonly input: string;
	readonly output: string;
	readonly outChannels: number;
	readonly weights: Float32Array;
	readonly bias: Float32Array;
}

/** x factors[c] + offsets[c]: what batch normalisation is once it is trained. Only the clear float executor runs it. */
export interface ScaleNode {
	readonly kind: 'scale';
	readonly input: string;
	readonly output: string;
	readonly factors: Float32Array;
	readonly offsets: Float32Array;
}

/** The sum of two tensors of one shape, or their difference. */
export interface AddNode {
	readonly kind: 'add';
	readonly left: string;
	readonly right: string;
	readonly output: string;
	/** left - right. */
	readonly minus?: true;
}

/** The product of two tensors of one shape, value by value. */
export interface MultiplyNode {
	readonly kind: 'multiply';
	readonly left: string;
	readonly right: string;
	readonly output: string;
}

/**
 * Values moved, repeated or left out, and others put between them: reshape, transpose, slice, pad, concatenation.
 * Shape: indices as many as values of `shape`.
 */
export interface GatherNode {
	readonly kind: 'gather';
	readonly inputs: readonly string[];
	readonly output: string;
	readonly shape: TensorShape;
	/**
	 * By value of the output, its place among the values of the inputs one after the other; -1 for `fill`. Left out where
	 * all of one input stay in order.
	 */
	readonly indices?: Int32Array;
	/** Public: padding is architecture. */
	readonly fill: number;
}

/** Pads are no samples: a maximum is taken over what lies inside the picture. */
export interface MaxPoolNode {
	readonly kind: 'max-pool';
	readonly input: string;
	readonly output: string;
	readonly window: Window;
}

/** Pads are zeros, which count as samples only if `countIncludePad`. */
export interface AveragePoolNode {
	readonly kind: 'average-pool';
	readonly input: string;
	readonly output: string;
	readonly window: Window;
	readonly countIncludePad: boolean;
}

/** `relu`: max(x, 0). `global-average-pool`: the mean of each channel. `flatten`: a vector in C, H, W order. */
export interface PlainNode {
	readonly kind: 'relu' | 'global-average-pool' | 'flatten';
	readonly input: string;
	readonly output: string;
}

export type LinearNode = ConvNode | GemmNode;

export type GraphNode =
	| LinearNode
	| ScaleNode
	| AddNode
	| MultiplyNode
	| GatherNode
	| MaxPoolNode
	| AveragePoolNode
	| PlainNode;

/** A window of stride 1 without pads or gaps, but for what `options` says. */
export function windowOf(kernelHeight: number, kernelWidth: number, options: Partial<Window> = {}): Window {
	return {
		kernelHeight,
		kernelWidth,
		strideY: 1,
		strideX: 1,
		dilationY: 1,
		dilationX: 1,
		padTop: 0,
		padLeft: 0,
		padBottom: 0,
		padRight: 0,
		...options,
	};
}

/** The tensors that a node reads, in order. */
export function inputsOf(node: GraphNode): readonly string[] {
	if (node.kind === 'gather') return node.inputs;
	return node.kind === 'add' || node.kind === 'multiply' ? [node.left, node.right] : [node.input];
}

/** How many times each tensor is read; the graph's output is read once more, by the caller. */
export function countReaders(graph: Graph): ReadonlyMap<string, number> {
	const counts = new Map([[graph.output, 1]]);
	for (const node of graph.nodes) {
		for (const name of inputsOf(node)) counts.set(name, (counts.get(name) ?? 0) + 1);
	}
	return counts;
}

/** Number of values in a tensor. */
export function sizeOf(shape: TensorShape): number {
	return shape.channels * shape.height * shape.width;
}

/** For messages: "4x50x50". */
export function tensorText(shape: TensorShape): string {
	return `${shape.channels}x${shape.height}x${shape.width}`;
}
