import type { TensorShape, Window } from '../nn/graph.js';
import { intOf, intsOf, type OnnxNode, textOf } from './onnx-node.js';

/** The window of a convolution or pool in both directions; a signal is a picture of one row. Throws: what the node refuses. */
export function windowOfNode(at: OnnxNode, rank: number, from: TensorShape, kernel: readonly number[]): Window {
	const spatial = rank - 2;
	const listed = (name: string, otherwise: number, count = spatial): readonly number[] => {
		const values = intsOf(at, name) ?? new Array<number>(count).fill(otherwise);
		if (values.length === count) return values;
		throw at.refuse(`${name}: expected ${count} numbers, got ${values.length}`);
	};
	if (kernel.length !== spatial) throw at.refuse(`kernel_shape: expected ${spatial} numbers, got ${kernel.length}`);
	const strides = listed('strides', 1);
	const dilations = listed('dilations', 1);
	const pads = listed('pads', 0, 2 * spatial);
	const sides = spatial === 1 ? [from.width] : [from.height, from.width];
	const axes = sides.map((side, i) => {
		const reach = (kernel[i] - 1) * dilations[i] + 1;
		const explicit = { begin: pads[i], end: pads[i + spatial] };
		const { begin, end } = automatic(at, side, reach, strides[i]) ?? explicit;
		return {
			kernel: kernel[i],
			stride: strides[i],
			dilation: dilations[i],
			begin,
			end: end + extra(at, side, reach, strides[i], begin, end),
		};
	});
	const single = { kernel: 1, stride: 1, dilation: 1, begin: 0, end: 0 };
	const [y, x] = spatial === 1 ? [single, axes[0]] : axes;
	return {
		kernelHeight: y.kernel,
		kernelWidth: x.kernel,
		strideY: y.stride,
		strideX: x.stride,
		dilationY: y.dilation,
		dilationX: x.dilation,
		padTop: y.begin,
		padLeft: x.begin,
		padBottom: y.end,
		padRight: x.end,
	};
}

/** Pads that make the result ceil(side / stride) long: the odd one behind, or for SAME_LOWER in front. */
function automatic(
	at: OnnxNode,
	side: number,
	reach: number,
	stride: number,
): { begin: number; end: number } | undefined {
	const mode = textOf(at, 'auto_pad', 'NOTSET');
	switch (mode) {
		case 'NOTSET':
			return undefined;
		case 'VALID':
			return { begin: 0, end: 0 };
		case 'SAME_UPPER':
		case 'SAME_LOWER': {
			const total = Math.max(0, (Math.ceil(side / stride) - 1) * stride + reach - side);
			const less = Math.floor(total / 2);
			return mode === 'SAME_UPPER' ? { begin: less, end: total - less } : { begin: total - less, end: less };
		}
		default:
			throw at.refuse(`auto_pad "${mode}" is not known`);
	}
}

/** With ceil_mode one more window at the end, if it begins inside the picture or its front pad. */
function extra(at: OnnxNode, side: number, reach: number, stride: number, begin: number, end: number): number {
	if (intOf(at, 'ceil_mode', 0) === 0) return 0;
	const last = Math.ceil((side + begin + end - reach) / stride) * stride;
	const missing = last + reach - (side + begin + end);
	if (missing <= 0 || last >= side + begin) return 0;
	if (at.op === 'AveragePool' && intOf(at, 'count_include_pad', 0) !== 0) {
		throw at.refuse('has both ceil_mode and count_include_pad, which is not supported');
	}
	return missing;
}
