import type { Lower } from './lower-movements.js';
import { axisOf, type Finish, type Lowering } from './lowering.js';
import { intOf, type OnnxNode } from './onnx-node.js';

/** Operators that only the end of a network may have: the client computes them on the opened result. */
export const finishOperators: Readonly<Record<string, Lower>> = {
	Sigmoid: (lowering, at) => finish(lowering, at, 'sigmoid', 0),
	Softmax: (lowering, at) => finish(lowering, at, 'softmax', intOf(at, 'axis', lowering.opset < 13 ? 1 : -1)),
	ArgMax(lowering, at) {
		if (intOf(at, 'select_last_index', 0) !== 0)
			throw at.refuse('takes the last of equal values, which is not supported');
		finish(lowering, at, 'argmax', intOf(at, 'axis', 0));
	},
};

function finish(lowering: Lowering, at: OnnxNode, kind: Finish['kind'], axisAsked: number): void {
	const x = lowering.tensorOf(at, 0);
	const { dims } = x;
	const axis = axisOf(at, axisAsked, Math.max(1, dims.length));
	const isKept = intOf(at, 'keepdims', 1) !== 0;
	const left = isKept ? dims.map((side, i) => (i === axis ? 1 : side)) : dims.filter((_, i) => i !== axis);
	const dimsAfter = kind === 'argmax' ? left : dims;
	const [output] = at.outputs;
	lowering.finish = { kind, dims, dimsAfter, axis, isFlat: lowering.opset < 13, output };
	lowering.setOutput(at, x);
}
