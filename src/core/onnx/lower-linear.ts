import { windowOf } from '../nn/graph.js';
import { dimsText } from './constants.js';
import { asFloat } from './lower-constants.js';
import type { Lower } from './lower-movements.js';
import { type Lowering, pictureOf, type Tensor } from './lowering.js';
import { broadcastTo, moved, transposed } from './movements.js';
import { floatOf, intOf, intsOf, type OnnxNode } from './onnx-node.js';
import { windowOfNode } from './windows.js';

/** Operators with weights. */
export const linearOperators: Readonly<Record<string, Lower>> = {
	Conv(lowering, at) {
		const x = lowering.tensorOf(at, 0);
		const from = pictureOf(at, x);
		const weights = asFloat(lowering, at, 1);
		const rank = x.dims.length;
		if (weights.dims.length !== rank)
			throw at.refuse(`has weights of ${dimsText(weights.dims)} for an input of ${dimsText(x.dims)}`);
		const groups = intOf(at, 'group', 1);
		const [outChannels, perGroup, ...kernel] = weights.dims;
		const said = intsOf(at, 'kernel_shape');
		if (perGroup * groups !== from.channels || (said !== undefined && said.join() !== kernel.join())) {
			throw at.refuse(
				`has weights of ${dimsText(weights.dims)} in ${groups} groups for an input of ${dimsText(x.dims)}`,
			);
		}
		const window = windowOfNode(at, rank, from, kernel);
		const bias =
			lowering.optional(at, 2) === undefined ? new Float64Array(outChannels) : asFloat(lowering, at, 2).values;
		const name = lowering.emit(at, {
			kind: 'conv',
			input: lowering.view(at, x, from),
			outChannels,
			groups,
			window,
			weights: Float32Array.from(weights.values),
			bias: Float32Array.from(bias),
		});
		lowering.setTensor(at, name, dimsOf(lowering, name, rank));
	},
	Gemm(lowering, at) {
		const x = lowering.tensorOf(at, 0);
		const constant = asFloat(lowering, at, 1);
		const [alpha, beta] = [floatOf(at, 'alpha', 1), floatOf(at, 'beta', 1)];
		if (x.dims.length !== 2 || constant.dims.length !== 2)
			throw at.refuse(`multiplies ${dimsText(x.dims)} by ${dimsText(constant.dims)}`);
		const order = intOf(at, 'transA', 0) === 0 ? x : turned(lowering, at, x);
		const [inner, columns] = intOf(at, 'transB', 0) === 0 ? constant.dims : constant.dims.toReversed();
		const weights = intOf(at, 'transB', 0) === 0 ? transposedValues(constant.values, inner, columns) : constant.values;
		const [rows] = order.dims;
		if (order.dims[1] !== inner) throw at.refuse(`multiplies ${dimsText(order.dims)} by ${inner}x${columns}`);
		const added =
			lowering.optional(at, 2) === undefined
				? undefined
				: broadcastTo(lowering, at, asFloat(lowering, at, 2), [rows, columns]);
		const bias = added?.kind === 'constant' ? added.values : new Float64Array(rows * columns);
		if (!bias.every((value, i) => value === bias[i % columns]))
			throw at.refuse('adds another number to each row, which is not supported');
		product(lowering, at, order, {
			weights: weights.map((value) => value * alpha),
			bias: bias.slice(0, columns).map((value) => value * beta),
			dims: [rows, columns],
		});
	},
	MatMul(lowering, at) {
		const [a, b] = [lowering.valueOf(at, 0), lowering.valueOf(at, 1)];
		if (a.kind === 'tensor' && b.kind === 'tensor') {
			throw at.refuse('multiplies two matrices that both depend on the input, which is not supported');
		}
		if (a.kind === 'tensor') {
			const { dims, values } = asFloat(lowering, at, 1);
			const [inner, columns] = dims;
			if (dims.length !== 2 || a.dims.at(-1) !== inner)
				throw at.refuse(`multiplies ${dimsText(a.dims)} by ${dimsText(dims)}`);
			const weights = transposedValues(values, inner, columns);
			product(lowering, at, a, { weights, bias: new Float64Array(columns), dims: [...a.dims.slice(0, -1), columns] });
			return;
		}
		const x = lowering.tensorOf(at, 1);
		const { dims, values } = asFloat(lowering, at, 0);
		const [rows, inner] = dims;
		const columns = x.dims[1];
		if (dims.length !== 2 || x.dims.length !== 2 || x.dims[0] !== inner)
			throw at.refuse(`multiplies ${dimsText(dims)} by ${dimsText(x.dims)}`);
		const input = lowering.view(at, x, { channels: inner, height: 1, width: columns });
		const name = lowering.emit(at, { kind: 'conv', input, ...pointwise(values, new Float64Array(rows)) });
		lowering.setTensor(at, name, [rows, columns]);
	},
};

interface Product {
	/** columns x inner. */
	readonly weights: Float64Array;
	readonly bias: Float64Array;
	readonly dims: readonly number[];
}

/** x weights + bias along the last side: a fully connected layer, or for many rows a convolution of 1x1. */
function product(lowering: Lowering, at: OnnxNode, x: Tensor, { weights, bias, dims }: Product): void {
	const columns = bias.length;
	const inner = weights.length / columns;
	const rows = x.dims.slice(0, -1).reduce((count, side) => count * side, 1);
	const values = { weights: Float32Array.from(weights), bias: Float32Array.from(bias) };
	if (rows === 1) {
		const input = lowering.view(at, x, { channels: inner, height: 1, width: 1 });
		lowering.setTensor(at, lowering.emit(at, { kind: 'gemm', input, outChannels: columns, ...values }), dims);
		return;
	}
	const upright = turned(lowering, at, { ...x, dims: [rows, inner] });
	const input = lowering.view(at, upright, { channels: inner, height: 1, width: rows });
	const name = lowering.emit(at, { kind: 'conv', input, ...pointwise(weights, bias) });
	const back = turned(lowering, at, { kind: 'tensor', name, dims: [columns, rows] });
	lowering.setTensor(at, back.name, dims);
}

function pointwise(weights: Float64Array, bias: Float64Array) {
	const values = { weights: Float32Array.from(weights), bias: Float32Array.from(bias) };
	return { outChannels: bias.length, groups: 1, window: windowOf(1, 1), ...values };
}

function turned(lowering: Lowering, at: OnnxNode, x: Tensor): Tensor {
	const value = moved(lowering, at, [x], transposed(x.dims, [1, 0]));
	return value.kind === 'tensor' ? value : x;
}

function transposedValues(values: Float64Array, rows: number, columns: number): Float64Array {
	return Float64Array.from(values, (_, at) => values[(at % rows) * columns + Math.floor(at / rows)]);
}

/** Sides of a picture or signal of the graph. */
export function dimsOf(lowering: Lowering, name: string, rank: number): number[] {
	const { channels = 0, height = 0, width = 0 } = lowering.shapes.get(name) ?? {};
	return rank === 3 ? [1, channels, width] : [1, channels, height, width];
}
