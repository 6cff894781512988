import type { WindowShape } from '../kernels/ring.js';
import type { LinearShape } from '../mpc/steps/linear-shape.js';
import type { LinearNode, TensorShape, Window } from './graph.js';
import { tensorNamed } from './shapes.js';

/** A layer as the steps on shares see it. */
export function linearShape(node: LinearNode, shapes: ReadonlyMap<string, TensorShape>): LinearShape {
	const from = tensorNamed(shapes, node.input);
	if (node.kind === 'gemm') {
		const inner = from.channels * from.height * from.width;
		return { kind: 'product', product: { rows: node.outChannels, inner, columns: 1 } };
	}
	const to = tensorNamed(shapes, node.output);
	const window = windowShape({ ...from, channels: from.channels / node.groups }, to, node.window);
	return { kind: 'convolution', window, outChannels: node.outChannels / node.groups, groups: node.groups };
}

/** The kernels' form of a window over a picture. */
export function windowShape(from: TensorShape, to: TensorShape, window: Window): WindowShape {
	const { padBottom: _bottom, padRight: _right, ...rest } = window;
	return { ...rest, ...from, outHeight: to.height, outWidth: to.width };
}
