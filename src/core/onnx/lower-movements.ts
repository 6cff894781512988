import { dimsText } from './constants.js';
import { axisOf, type Lowering } from './lowering.js';
import {
	broadcastTo,
	commonDims,
	joinedAlong,
	type Movement,
	moved,
	pickedAlong,
	stridesOf,
	transposed,
} from './movements.js';
import { intOf, intsOf, type OnnxNode, textOf } from './onnx-node.js';

export type Lower = (lowering: Lowering, at: OnnxNode) => void;

/** Operators that only move values, by name. */
export const movementOperators: Readonly<Record<string, Lower>> = {
	Identity: (lowering, at) => lowering.setOutput(at, lowering.valueOf(at, 0)),
	Dropout: (lowering, at) => lowering.setOutput(at, lowering.valueOf(at, 0)),
	Flatten: single((_, at, dims) => {
		const axis = axisOf(at, intOf(at, 'axis', 1), dims.length + 1);
		const product = (sides: readonly number[]): number => sides.reduce((all, side) => all * side, 1);
		return { dims: [product(dims.slice(0, axis)), product(dims.slice(axis))] };
	}),
	Reshape: single((lowering, at, dims) => ({ dims: reshapedDims(lowering, at, dims) })),
	Squeeze: single((lowering, at, dims) => {
		const asked = lowering.ints(at, 'axes', 1)?.map((axis) => axisOf(at, axis, dims.length));
		const wrong = asked?.find((axis) => dims[axis] !== 1);
		if (wrong !== undefined) throw at.refuse(`side ${wrong + 1} of ${dimsText(dims)} is not 1`);
		return { dims: dims.filter((side, i) => (asked === undefined ? side !== 1 : !asked.includes(i))) };
	}),
	Unsqueeze: single((lowering, at, dims) => {
		const asked = lowering.ints(at, 'axes', 1) ?? [];
		const rank = dims.length + asked.length;
		const axes = new Set(asked.map((axis) => axisOf(at, axis, rank)));
		if (axes.size !== asked.length) throw at.refuse('names an axis twice');
		const sides = dims.values();
		return { dims: Array.from({ length: rank }, (_, i) => (axes.has(i) ? 1 : (sides.next().value ?? 1))) };
	}),
	Transpose: single((_, at, dims) => {
		const order = intsOf(at, 'perm') ?? dims.map((_side, i) => dims.length - 1 - i);
		if (
			order.length !== dims.length ||
			new Set(order).size !== dims.length ||
			order.some((i) => dims[i] === undefined)
		) {
			throw at.refuse(`perm ${order.join(' ')} is no order of ${dims.length} sides`);
		}
		return transposed(dims, order);
	}),
	Expand: single((lowering, at, dims) => ({ dims: commonDims(at, dims, lowering.ints(at, 'shape', 1) ?? []) }), true),
	Slice: single(sliced),
	Pad: single(padded),
	Gather(lowering, at) {
		const value = lowering.valueOf(at, 0);
		const axis = axisOf(at, intOf(at, 'axis', 0), value.dims.length);
		const index = lowering.constantOf(at, 1);
		const picks = Array.from(index.values, (place) => axisOf(at, place, value.dims[axis]));
		const along = pickedAlong(value.dims, axis, picks);
		const picked = moved(lowering, at, [value], along);
		const dims = [...value.dims.slice(0, axis), ...index.dims, ...value.dims.slice(axis + 1)];
		lowering.setOutput(at, { ...picked, dims });
	},
	Concat(lowering, at) {
		const inputs = at.inputs.map((_, i) => lowering.valueOf(at, i));
		if (inputs.length === 0) throw at.refuse('has no inputs');
		lowering.setOutput(at, moved(lowering, at, inputs, joinedAlong(at, inputs, intOf(at, 'axis', 1))));
	},
	Split(lowering, at) {
		const value = lowering.valueOf(at, 0);
		const axis = axisOf(at, intOf(at, 'axis', 0), value.dims.length);
		const side = value.dims[axis];
		const parts = at.outputs.length;
		const even = Math.ceil(side / parts);
		const sizes =
			lowering.ints(at, 'split', 1) ?? at.outputs.map((_, i) => Math.max(0, Math.min(even, side - i * even)));
		if (
			sizes.length !== parts ||
			sizes.some((size) => size < 0) ||
			sizes.reduce((sum, size) => sum + size, 0) !== side
		) {
			throw at.refuse(`splits ${side} into ${sizes.join(' + ')} for ${parts} outputs`);
		}
		let start = 0;
		for (const [i, name] of at.outputs.entries()) {
			const from = start;
			start += sizes[i];
			if (name === '') continue;
			const picks = Array.from({ length: sizes[i] }, (_, k) => from + k);
			lowering.setOutput(
				{ ...at, outputs: [name] },
				moved(lowering, { ...at, outputs: [name] }, [value], pickedAlong(value.dims, axis, picks)),
			);
		}
	},
};

type MovementOf = (lowering: Lowering, at: OnnxNode, dims: readonly number[]) => Movement;

/** An operator whose result comes of its first input. */
function single(movementOf: MovementOf, stretches = false): Lower {
	return (lowering, at) => {
		const value = lowering.valueOf(at, 0);
		const movement = movementOf(lowering, at, value.dims);
		lowering.setOutput(
			at,
			stretches ? broadcastTo(lowering, at, value, movement.dims) : moved(lowering, at, [value], movement),
		);
	};
}

function reshapedDims(lowering: Lowering, at: OnnxNode, dims: readonly number[]): number[] {
	const count = dims.reduce((product, side) => product * side, 1);
	const keepsZero = intOf(at, 'allowzero', 0) !== 0;
	const asked = (lowering.ints(at, 'shape', 1) ?? []).map((side, i) =>
		side === 0 && !keepsZero ? (dims[i] ?? 0) : side,
	);
	const known = asked.reduce((product, side) => (side === -1 ? product : product * side), 1);
	const result = asked.map((side) => (side === -1 && known > 0 ? count / known : side));
	const fits =
		asked.filter((side) => side === -1).length <= 1 && result.every((side) => Number.isInteger(side) && side >= 0);
	if (!fits || result.reduce((product, side) => product * side, 1) !== count) {
		throw at.refuse(`cannot make ${asked.join('x')} of ${dimsText(dims)}`);
	}
	return result;
}

function sliced(lowering: Lowering, at: OnnxNode, dims: readonly number[]): Movement {
	const starts = lowering.ints(at, 'starts', 1) ?? [];
	const ends = lowering.ints(at, 'ends', 2) ?? [];
	const axes = (lowering.ints(at, 'axes', 3) ?? starts.map((_, i) => i)).map((axis) => axisOf(at, axis, dims.length));
	const steps = lowering.ints(at, 'steps', 4) ?? starts.map(() => 1);
	if (
		ends.length !== starts.length ||
		axes.length !== starts.length ||
		steps.length !== starts.length ||
		steps.includes(0)
	) {
		throw at.refuse('its starts, ends, axes and steps do not belong together');
	}
	const picks = dims.map((side) => Array.from({ length: side }, (_, i) => i));
	for (const [i, axis] of axes.entries()) {
		const side = dims[axis];
		const step = steps[i];
		const wrapped = (place: number): number => (place < 0 ? place + side : place);
		const within = (place: number, low: number, high: number): number => Math.min(Math.max(wrapped(place), low), high);
		const [from, to] =
			step > 0
				? [within(starts[i], 0, side), within(ends[i], 0, side)]
				: [within(starts[i], 0, side - 1), within(ends[i], -1, side - 1)];
		picks[axis] = Array.from({ length: Math.max(0, Math.ceil((to - from) / step)) }, (_, k) => from + k * step);
	}
	const strides = stridesOf(dims);
	const result = picks.map(({ length }) => length);
	return {
		dims: result,
		placeOf: (position) => position.reduce((sum, p, k) => sum + picks[k][p] * strides[k], 0),
	};
}

function padded(lowering: Lowering, at: OnnxNode, dims: readonly number[]): Movement {
	const mode = textOf(at, 'mode', 'constant');
	const asked = lowering.ints(at, 'pads', 1) ?? [];
	const value =
		at.attributes.get('value')?.f ??
		(lowering.optional(at, 2) === undefined ? 0 : lowering.constantOf(at, 2).values[0]);
	const axes = (lowering.ints(at, 'axes', 3) ?? dims.map((_, i) => i)).map((axis) => axisOf(at, axis, dims.length));
	if (!['constant', 'reflect', 'edge'].includes(mode))
		throw at.refuse(`pads by "${mode}", expected constant, reflect or edge`);
	if (asked.length !== 2 * axes.length) throw at.refuse(`has ${asked.length} pads for ${axes.length} sides`);
	const [begin, end] = [dims.map(() => 0), dims.map(() => 0)];
	for (const [i, axis] of axes.entries()) [begin[axis], end[axis]] = [asked[i], asked[i + axes.length]];
	const result = dims.map((side, i) => side + begin[i] + end[i]);
	const tooFar = mode === 'reflect' && dims.some((side, i) => begin[i] >= side || end[i] >= side);
	if (result.some((side) => side < 0) || tooFar)
		throw at.refuse(`pads of ${asked.join(' ')} do not fit ${dimsText(dims)}`);
	const strides = stridesOf(dims);
	const sourceOf = (place: number, side: number): number => {
		if (place >= 0 && place < side) return place;
		if (mode === 'constant') return -1;
		if (mode === 'edge') return place < 0 ? 0 : side - 1;
		return place < 0 ? -place : 2 * (side - 1) - place;
	};
	const placeOf = (position: readonly number[]): number => {
		let sum = 0;
		for (const [i, p] of position.entries()) {
			const source = sourceOf(p - begin[i], dims[i]);
			if (source < 0) return -1;
			sum += source * strides[i];
		}
		return sum;
	};
	return { dims: result, placeOf, fill: value };
}
