import { dimsText } from './constants.js';
import { dimsOf } from './lower-linear.js';
import type { Lower } from './lower-movements.js';
import { axisOf, type Lowering, pictureOf } from './lowering.js';
import { moved, transposed } from './movements.js';
import { intOf, intsOf, type OnnxNode } from './onnx-node.js';
import { windowOfNode } from './windows.js';

/** Maxima and means. */
export const poolOperators: Readonly<Record<string, Lower>> = {
	MaxPool: (lowering, at) => pool(lowering, at, 'max-pool'),
	AveragePool: (lowering, at) => pool(lowering, at, 'average-pool'),
	GlobalAveragePool(lowering, at) {
		const x = lowering.tensorOf(at, 0);
		const input = lowering.view(at, x, pictureOf(at, x));
		const name = lowering.emit(at, { kind: 'global-average-pool', input });
		lowering.setTensor(at, name, dimsOf(lowering, name, x.dims.length));
	},
	ReduceMean(lowering, at) {
		const x = lowering.tensorOf(at, 0);
		const rank = x.dims.length;
		const asked = lowering.ints(at, 'axes', 1) ?? [];
		if (asked.length === 0 && intOf(at, 'noop_with_empty_axes', 0) !== 0) {
			lowering.setOutput(at, x);
			return;
		}
		const all = x.dims.map((_, i) => i);
		const axes = new Set(asked.length === 0 ? all : asked.map((axis) => axisOf(at, axis, rank)));
		const kept = all.filter((i) => !axes.has(i));
		// what stays becomes the channels, what is averaged their planes
		const order = [...kept, ...all.filter((i) => axes.has(i))];
		const isInOrder = order.every((side, i) => side === i);
		const upright = isInOrder ? x : moved(lowering, at, [x], transposed(x.dims, order));
		if (upright.kind === 'constant') throw at.refuse('averages a constant, which is not supported');
		const channels = kept.reduce((product, i) => product * x.dims[i], 1);
		const width = x.dims.reduce((product, side) => product * side, 1) / channels;
		const input = lowering.view(at, upright, { channels, height: 1, width });
		const dims =
			intOf(at, 'keepdims', 1) === 0 ? kept.map((i) => x.dims[i]) : x.dims.map((side, i) => (axes.has(i) ? 1 : side));
		lowering.setTensor(at, lowering.emit(at, { kind: 'global-average-pool', input }), dims);
	},
};

function pool(lowering: Lowering, at: OnnxNode, kind: 'max-pool' | 'average-pool'): void {
	const x = lowering.tensorOf(at, 0);
	const from = pictureOf(at, x);
	const rank = x.dims.length;
	const kernel = intsOf(at, 'kernel_shape');
	if (kernel === undefined) throw at.refuse(`has no kernel_shape for ${dimsText(x.dims)}`);
	const window = windowOfNode(at, rank, from, kernel);
	const input = lowering.view(at, x, from);
	const name =
		kind === 'max-pool'
			? lowering.emit(at, { kind, input, window })
			: lowering.emit(at, { kind, input, window, countIncludePad: intOf(at, 'count_include_pad', 0) !== 0 });
	lowering.setTensor(at, name, dimsOf(lowering, name, rank));
}
