import type { TensorShape } from '../nn/graph.js';
import { sizeOf } from '../nn/graph.js';
import type { Constant } from './constants.js';
import { type Arithmetic, asFloat, computeConstant } from './lower-constants.js';
import type { Lower } from './lower-movements.js';
import { type Lowering, shapeFor, type Tensor } from './lowering.js';
import { broadcastTo, commonDims } from './movements.js';
import { floatOf, intOf, type OnnxNode } from './onnx-node.js';

/** Operators on each value by itself. */
export const elementwiseOperators: Readonly<Record<string, Lower>> = {
	Add: arithmetic('Add'),
	Sub: arithmetic('Sub'),
	Mul: arithmetic('Mul'),
	Div: arithmetic('Div'),
	Sum(lowering, at) {
		let [sum, ...others] = at.inputs.map((_, i) => lowering.valueOf(at, i));
		if (sum === undefined) throw at.refuse('has no inputs');
		for (const other of others) {
			const partial = { ...at, inputs: ['~left', '~right'], outputs: at.outputs };
			lowering.values.set('~left', sum);
			lowering.values.set('~right', other);
			combine('Add', lowering, partial);
			sum = lowering.valueOf({ ...at, inputs: [at.outputs[0]] }, 0);
		}
		lowering.setOutput(at, sum);
	},
	BatchNormalization(lowering, at) {
		const x = lowering.tensorOf(at, 0);
		if (intOf(at, 'training_mode', 0) !== 0)
			throw at.refuse('is in training mode', 'Export the network after model.eval().');
		const [gamma, beta, mean, variance] = [1, 2, 3, 4].map((index) => asFloat(lowering, at, index).values);
		const shape = shapeFor(x.dims);
		if ([gamma, beta, mean, variance].some(({ length }) => length !== shape.channels)) {
			throw at.refuse(`expected ${shape.channels} numbers for as many channels`);
		}
		const epsilon = floatOf(at, 'epsilon', 1e-5);
		const factors = gamma.map((value, c) => value / Math.sqrt(variance[c] + epsilon));
		const offsets = beta.map((value, c) => value - mean[c] * factors[c]);
		lowering.setTensor(at, scaled(lowering, at, lowering.view(at, x, shape), { factors, offsets }), x.dims);
	},
	Relu(lowering, at) {
		const x = lowering.tensorOf(at, 0);
		lowering.setTensor(at, lowering.emit(at, { kind: 'relu', input: x.name }), x.dims);
	},
	LeakyRelu(lowering, at) {
		const x = lowering.tensorOf(at, 0);
		const dims: number[] = [];
		leaky(lowering, at, x, {
			kind: 'constant',
			dims,
			values: Float64Array.of(floatOf(at, 'alpha', 0.01)),
			isWhole: false,
		});
	},
	PRelu: (lowering, at) => leaky(lowering, at, lowering.tensorOf(at, 0), asFloat(lowering, at, 1)),
	Clip(lowering, at) {
		const x = lowering.tensorOf(at, 0);
		const bound = (name: string, index: number): number | undefined => {
			if (at.attributes.has(name)) return floatOf(at, name, 0);
			return lowering.optional(at, index) === undefined ? undefined : lowering.constantOf(at, index).values[0];
		};
		// writers put the largest float where there is no bound
		const [low, high] = [bound('min', 1), bound('max', 2)].map((value) =>
			value === undefined || Math.abs(value) > 3e38 ? undefined : value,
		);
		lowering.setTensor(at, clipped(lowering, at, x.name, low, high), x.dims);
	},
};

function arithmetic(op: Arithmetic): Lower {
	return (lowering, at) => combine(op, lowering, at);
}

function combine(op: Arithmetic, lowering: Lowering, at: OnnxNode): void {
	const [a, b] = [lowering.valueOf(at, 0), lowering.valueOf(at, 1)];
	const dims = commonDims(at, a.dims, b.dims);
	const [left, right] = [broadcastTo(lowering, at, a, dims), broadcastTo(lowering, at, b, dims)];
	if (left.kind === 'constant' && right.kind === 'constant') {
		lowering.setOutput(at, computeConstant(op, left, right));
	} else if (left.kind === 'tensor' && right.kind === 'tensor') {
		const shape = shapeFor(dims);
		const both = { left: lowering.view(at, left, shape), right: lowering.view(at, right, shape) };
		if (op === 'Div') throw at.refuse('divides by what depends on the input, which is not supported');
		const node =
			op === 'Mul'
				? ({ kind: 'multiply', ...both } as const)
				: ({ kind: 'add', ...both, ...(op === 'Sub' ? { minus: true as const } : {}) } as const);
		lowering.setTensor(at, lowering.emit(at, node), dims);
	} else if (left.kind === 'tensor') {
		withConstant(op, lowering, at, left, asFloatBroadcast(at, right));
	} else {
		if (op === 'Div') throw at.refuse('divides by what depends on the input, which is not supported');
		if (right.kind === 'tensor')
			withConstant(op === 'Sub' ? 'Minus' : op, lowering, at, right, asFloatBroadcast(at, left));
	}
}

function asFloatBroadcast(at: OnnxNode, value: Constant | Tensor): Float64Array {
	if (value.kind === 'constant' && value.values.every(Number.isFinite)) return value.values;
	throw at.refuse('its constant holds an infinity or a NaN');
}

/** x + c, x - c, x c, x / c, or for `Minus` c - x, as one scale. */
function withConstant(
	op: Arithmetic | 'Minus',
	lowering: Lowering,
	at: OnnxNode,
	x: Tensor,
	constant: Float64Array,
): void {
	if (op === 'Div' && constant.includes(0)) throw at.refuse('divides by zero');
	const factorOf = (value: number): number =>
		op === 'Mul' ? value : op === 'Div' ? 1 / value : op === 'Minus' ? -1 : 1;
	const offsetOf = (value: number): number => (op === 'Add' || op === 'Minus' ? value : op === 'Sub' ? -value : 0);
	const { view, values } = perChannel(lowering, at, x, constant);
	const parts = { factors: values.map(factorOf), offsets: values.map(offsetOf) };
	lowering.setTensor(at, scaled(lowering, at, view, parts), x.dims);
}

/** One constant per channel where all of a channel's are alike; else every value is a channel of its own. */
function perChannel(
	lowering: Lowering,
	at: OnnxNode,
	x: Tensor,
	constant: Float64Array,
): { readonly view: string; readonly values: Float64Array } {
	const shape = shapeFor(x.dims);
	const plane = shape.height * shape.width;
	const isAlike = constant.every((value, i) => value === constant[i - (i % plane)]);
	const values = isAlike ? Float64Array.from({ length: shape.channels }, (_, c) => constant[c * plane]) : constant;
	const vector: TensorShape = { channels: sizeOf(shape), height: 1, width: 1 };
	return { view: lowering.view(at, x, isAlike ? shape : vector), values };
}

/** x factors + offsets, by channel. */
function scaled(
	lowering: Lowering,
	at: OnnxNode,
	input: string,
	{ factors, offsets }: { readonly factors: Float64Array; readonly offsets: Float64Array },
): string {
	return lowering.emit(at, {
		kind: 'scale',
		input,
		factors: Float32Array.from(factors),
		offsets: Float32Array.from(offsets),
	});
}

/** slope x where x < 0: slope x + (1 - slope) max(x, 0). */
function leaky(lowering: Lowering, at: OnnxNode, x: Tensor, slope: Constant): void {
	const full = broadcastTo(lowering, at, slope, x.dims);
	const { view, values } = perChannel(lowering, at, x, asFloatBroadcast(at, full));
	const none = values.map(() => 0);
	const relu = lowering.emit(at, { kind: 'relu', input: view });
	const left = scaled(lowering, at, relu, { factors: values.map((value) => 1 - value), offsets: none });
	const right = scaled(lowering, at, view, { factors: values, offsets: none });
	lowering.setTensor(at, lowering.emit(at, { kind: 'add', left, right }), x.dims);
}

/** low + max(x - low, 0) - max(x - high, 0). */
function clipped(lowering: Lowering, at: OnnxNode, input: string, low?: number, high?: number): string {
	const channels = lowering.shapes.get(input)?.channels ?? 0;
	const shifted = (name: string, by: number): string => {
		if (by === 0) return name;
		const offsets = new Float64Array(channels).fill(by);
		return scaled(lowering, at, name, { factors: new Float64Array(channels).fill(1), offsets });
	};
	if (low !== undefined && high !== undefined && low > high) throw at.refuse(`clips to ${low} .. ${high}`);
	const over = (bound: number): string => lowering.emit(at, { kind: 'relu', input: shifted(input, -bound) });
	const left = low === undefined ? input : over(low);
	const right = high === undefined ? undefined : over(high);
	const result = right === undefined ? left : lowering.emit(at, { kind: 'add', left, right, minus: true });
	return shifted(result, low ?? 0);
}
