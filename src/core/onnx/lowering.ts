import type { GraphNode, TensorShape } from '../nn/graph.js';
import { sizeOf, tensorText } from '../nn/graph.js';
import { guardFinite, nodeShape, tensorNamed } from '../nn/shapes.js';
import { type Constant, countOf, dimsText } from './constants.js';
import type { OnnxNode } from './onnx-node.js';
import { shown } from './refuse.js';

/** A tensor of the network under way: values in the order of `dims`, in whatever shape the graph has them. */
export interface Tensor {
	readonly kind: 'tensor';
	readonly dims: readonly number[];
	/** In the graph. */
	readonly name: string;
}

export type Value = Constant | Tensor;

/** What the client computes on the opened result. */
export interface Finish {
	readonly kind: 'softmax' | 'sigmoid' | 'argmax';
	/** Of the result before it. */
	readonly dims: readonly number[];
	readonly dimsAfter: readonly number[];
	/** Sides from here on are taken together, or this one alone for `argmax`. */
	readonly axis: number;
	/** Softmax of old models takes all sides from `axis` on together. */
	readonly isFlat: boolean;
}

/** Values that a model may compute or move while it is imported: a few bytes of a file can ask for any number. */
const MAX_MOVED = 2 ** 25;

/** A node to be; its output is named by the lowering. */
type Unnamed<Node> = Node extends GraphNode ? Omit<Node, 'output'> : never;

/** The graph while a model is turned into it. */
export class Lowering {
	readonly opset: number;
	readonly nodes: GraphNode[] = [];
	readonly shapes = new Map<string, TensorShape>();
	readonly values = new Map<string, Value>();
	finish: (Finish & { readonly output: string }) | undefined;
	readonly #viewed = new Map<string, string>();
	#moved = 0;

	constructor(opset: number) {
		this.opset = opset;
	}

	/** Adds a node to the graph and gives its output's name, made of the node's in the file. */
	emit(at: OnnxNode, node: Unnamed<GraphNode>): string {
		const base = shown(at.outputs[0] || at.op);
		let output = base;
		for (let i = 1; this.shapes.has(output); i++) output = `${base}~${i}`;
		const named = { ...node, output };
		const shape = nodeShape(named, (name) => tensorNamed(this.shapes, name), at.refuse);
		guardFinite(named, at.refuse);
		this.shapes.set(output, shape);
		this.nodes.push(named);
		return output;
	}

	/** The tensor in another shape of as many values. */
	view(at: OnnxNode, { name }: Tensor, shape: TensorShape): string {
		const now = tensorNamed(this.shapes, name);
		if (tensorText(now) === tensorText(shape)) return name;
		if (sizeOf(now) !== sizeOf(shape)) throw at.refuse(`has no ${tensorText(shape)} in ${tensorText(now)}`);
		const key = `${name} ${tensorText(shape)}`;
		const output = this.#viewed.get(key) ?? this.emit(at, { kind: 'gather', inputs: [name], shape, fill: 0 });
		this.#viewed.set(key, output);
		return output;
	}

	/** How many values there are, if the model may still make so many. Throws: what the node refuses. */
	spend(at: OnnxNode, dims: readonly number[]): number {
		const count = countOf(dims, at.refuse);
		this.#moved += count;
		if (this.#moved <= MAX_MOVED) return count;
		throw at.refuse(`with it the model makes and moves over ${MAX_MOVED} values, which is not believed`);
	}

	valueOf(at: OnnxNode, index: number): Value {
		const value = this.optional(at, index);
		if (value === undefined) throw at.refuse(`has no input ${index + 1}`);
		return value;
	}

	optional(at: OnnxNode, index: number): Value | undefined {
		const name = at.inputs[index];
		if (name === undefined || name === '') return undefined;
		const value = this.values.get(name);
		if (value === undefined) throw at.refuse(`reads ${shown(name)}, which is an output that is not computed here`);
		return value;
	}

	tensorOf(at: OnnxNode, index: number): Tensor {
		const value = this.valueOf(at, index);
		if (value.kind === 'constant')
			throw at.refuse(`its input ${index + 1} is a constant, expected one that depends on the input`);
		return value;
	}

	constantOf(at: OnnxNode, index: number): Constant {
		const value = this.valueOf(at, index);
		if (value.kind === 'tensor')
			throw at.refuse(`its input ${index + 1} depends on the network's input, expected a constant`);
		return value;
	}

	/** Whole numbers from an attribute of old opsets or an input of new ones. */
	ints(at: OnnxNode, attribute: string, index: number): readonly number[] | undefined {
		const listed = at.attributes.get(attribute);
		if (listed !== undefined) return listed.ints ?? [];
		if (this.optional(at, index) === undefined) return undefined;
		const { values } = this.constantOf(at, index);
		if (!values.every(Number.isInteger)) throw at.refuse(`its ${attribute} are no whole numbers`);
		return Array.from(values);
	}

	setOutput(at: OnnxNode, value: Value): void {
		const [name] = at.outputs;
		countOf(value.dims, at.refuse);
		this.values.set(name, value);
	}

	setTensor(at: OnnxNode, name: string, dims: readonly number[]): void {
		this.setOutput(at, { kind: 'tensor', name, dims });
	}
}

/** How a tensor without a batch of its own lies in C, H, W: a vector where it has other sides than a picture. */
export function shapeFor(dims: readonly number[]): TensorShape {
	const sides = dims.length > 1 && dims[0] === 1 ? dims.slice(1) : dims;
	const isPicture = dims[0] === 1 && sides.length <= 3;
	if (!isPicture) return { channels: dims.reduce((product, side) => product * side, 1), height: 1, width: 1 };
	const [channels = 1, a, b] = sides;
	if (a === undefined) return { channels, height: 1, width: 1 };
	return b === undefined ? { channels, height: 1, width: a } : { channels, height: a, width: b };
}

/** Batch 1, channels, height and width of an operator on pictures or signals. Throws: what the node refuses. */
export function pictureOf(at: OnnxNode, { dims }: Tensor): TensorShape {
	if ((dims.length !== 3 && dims.length !== 4) || dims[0] !== 1) {
		throw at.refuse(`reads ${dimsText(dims)}, expected 1 x channels x length or 1 x channels x height x width`);
	}
	return shapeFor(dims);
}

/** An axis counted from the front. Throws: what the node refuses. */
export function axisOf(at: OnnxNode, axis: number, rank: number): number {
	if (Number.isInteger(axis) && axis >= -rank && axis < rank) return axis < 0 ? axis + rank : axis;
	throw at.refuse(`axis ${axis} is none of ${rank}`);
}
