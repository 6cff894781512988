import { type Constant, countOf, dimsText } from './constants.js';
import { axisOf, type Lowering, shapeFor, type Tensor, type Value } from './lowering.js';
import type { OnnxNode } from './onnx-node.js';

type PlaceOf = (position: readonly number[]) => number;

/** Where the values of a result come from. */
export interface Movement {
	readonly dims: readonly number[];
	/** By position in the result, a place among the values of all inputs, -1 for `fill`; none where all stay in order. */
	readonly placeOf?: PlaceOf;
	readonly fill?: number;
}

/** Moves constants at import, and tensors by a node of the graph. Throws: what the node refuses. */
export function moved(lowering: Lowering, at: OnnxNode, inputs: readonly Value[], movement: Movement): Value {
	const { dims, placeOf, fill = 0 } = movement;
	countOf(dims, at.refuse);
	if (placeOf !== undefined) lowering.spend(at, dims);
	const indices = placeOf === undefined ? undefined : placesOf(dims, placeOf);
	if (dims.includes(0) && !inputs.every(isConstant)) throw at.refuse(`leaves nothing (${dimsText(dims)})`);
	const constants = inputs.filter(isConstant);
	if (constants.length === inputs.length) {
		const all = Float64Array.from(constants.flatMap(({ values }) => Array.from(values)));
		const values = indices === undefined ? all : Float64Array.from(indices, (index) => (index < 0 ? fill : all[index]));
		return { kind: 'constant', dims, values, isWhole: constants[0].isWhole };
	}
	const tensors = inputs.filter((value) => value.kind === 'tensor');
	if (tensors.length < inputs.length)
		throw at.refuse('joins constants with what depends on the input, which is not supported');
	if (indices === undefined) return { ...tensors[0], dims };
	const names = tensors.map(({ name }) => name);
	return {
		kind: 'tensor',
		dims,
		name: lowering.emit(at, { kind: 'gather', inputs: names, shape: shapeFor(dims), indices, fill }),
	};
}

function placesOf(dims: readonly number[], placeOf: PlaceOf): Int32Array {
	const count = dims.reduce((product, side) => product * side, 1);
	const places = new Int32Array(count);
	const position = dims.map(() => 0);
	for (let at = 0; at < count; at++) {
		places[at] = placeOf(position);
		for (let side = dims.length - 1; side >= 0 && ++position[side] === dims[side]; side--) position[side] = 0;
	}
	return places;
}

/** How far apart neighbours lie along each side. */
export function stridesOf(dims: readonly number[]): number[] {
	const strides = dims.map(() => 1);
	for (let side = dims.length - 2; side >= 0; side--) strides[side] = strides[side + 1] * dims[side + 1];
	return strides;
}

/** Repeats sides of 1, and puts new ones in front, as NumPy does. Throws: what the node refuses. */
export function broadcastTo(lowering: Lowering, at: OnnxNode, value: Value, dims: readonly number[]): Value {
	if (dimsText(value.dims) === dimsText(dims) && value.dims.length === dims.length) return value;
	const sides = [...dims.map(() => 1), ...value.dims].slice(-dims.length || undefined);
	if (value.dims.length > dims.length || sides.some((side, i) => side !== 1 && side !== dims[i])) {
		throw at.refuse(`cannot stretch ${dimsText(value.dims)} to ${dimsText(dims)}`);
	}
	if (sides.every((side, i) => side === dims[i])) return moved(lowering, at, [value], { dims });
	const strides = stridesOf(sides).map((stride, i) => (sides[i] === 1 ? 0 : stride));
	const placeOf: PlaceOf = (position) => position.reduce((sum, p, i) => sum + p * strides[i], 0);
	return moved(lowering, at, [value], { dims, placeOf });
}

/** The sides of both together. Throws: what the node refuses. */
export function commonDims(at: OnnxNode, a: readonly number[], b: readonly number[]): number[] {
	const rank = Math.max(a.length, b.length);
	const sideOf = (dims: readonly number[], i: number): number => dims[i - rank + dims.length] ?? 1;
	return Array.from({ length: rank }, (_, i) => {
		const [left, right] = [sideOf(a, i), sideOf(b, i)];
		if (left !== right && left !== 1 && right !== 1) throw at.refuse(`${dimsText(a)} and ${dimsText(b)} do not fit`);
		return left === 1 ? right : left;
	});
}

/** Sides in another order. */
export function transposed(dims: readonly number[], order: readonly number[]): Movement {
	const strides = stridesOf(dims);
	const placeOf: PlaceOf = (position) => position.reduce((sum, p, i) => sum + p * strides[order[i]], 0);
	return { dims: order.map((side) => dims[side]), placeOf };
}

/** Cuts a side into a range, or picks places of it. */
export function pickedAlong(dims: readonly number[], axis: number, picks: readonly number[]): Movement {
	const strides = stridesOf(dims);
	const result = dims.map((side, i) => (i === axis ? picks.length : side));
	const placeOf: PlaceOf = (position) =>
		position.reduce((sum, p, i) => sum + (i === axis ? picks[p] : p) * strides[i], 0);
	return { dims: result, placeOf };
}

/** Puts inputs one behind the other along a side. Throws: what the node refuses. */
export function joinedAlong(at: OnnxNode, inputs: readonly (Constant | Tensor)[], axisAsked: number): Movement {
	const [{ dims: first }] = inputs;
	const axis = axisOf(at, axisAsked, first.length);
	const starts: number[] = [];
	const owners: { readonly input: number; readonly at: number }[] = [];
	let start = 0;
	for (const [i, { dims }] of inputs.entries()) {
		if (dims.length !== first.length || dims.some((side, k) => k !== axis && side !== first[k])) {
			throw at.refuse(`joins ${dimsText(first)} and ${dimsText(dims)} along side ${axis + 1}`);
		}
		starts.push(start);
		start += dims.reduce((product, side) => product * side, 1);
		for (let k = 0; k < dims[axis]; k++) owners.push({ input: i, at: k });
	}
	const strides = inputs.map(({ dims }) => stridesOf(dims));
	const dims = first.map((side, i) => (i === axis ? owners.length : side));
	const placeOf: PlaceOf = (position) => {
		const owner = owners[position[axis]];
		const own = strides[owner.input];
		return starts[owner.input] + position.reduce((sum, p, i) => sum + (i === axis ? owner.at : p) * own[i], 0);
	};
	return { dims, placeOf };
}

function isConstant(value: Value): value is Constant {
	return value.kind === 'constant';
}
