import type { TensorShape, Window } from './graph.js';

/** What slides: a window over `from`, group by group, into `to`. */
export interface Sliding {
	readonly from: TensorShape;
	readonly to: TensorShape;
	readonly window: Window;
	readonly groups: number;
}

/** `count` outputs from `outAt` on meet the inputs from `inAt` on, `strideX` apart, at one weight. */
type Run = (weightAt: number, outAt: number, inAt: number, count: number) => void;

/**
 * Calls `run` for each stretch of an output row and each tap of the window that lies inside the picture; pads are left
 * out. For an output value the taps come in the order of its weights.
 */
export function forEachRun({ from, to, window, groups }: Sliding, run: Run): void {
	const { kernelHeight, kernelWidth, strideY, strideX, dilationY, dilationX, padTop, padLeft } = window;
	const inPerGroup = from.channels / groups;
	const outPerGroup = to.channels / groups;
	let weightAt = 0;
	for (let o = 0; o < to.channels; o++) {
		const firstChannel = Math.floor(o / outPerGroup) * inPerGroup;
		for (let c = firstChannel; c < firstChannel + inPerGroup; c++) {
			for (let u = 0; u < kernelHeight; u++) {
				const y = u * dilationY - padTop;
				const rows = inside(y, strideY, from.height, to.height);
				for (let v = 0; v < kernelWidth; v++, weightAt++) {
					const x = v * dilationX - padLeft;
					const { first, end } = inside(x, strideX, from.width, to.width);
					if (end <= first) continue;
					for (let i = rows.first; i < rows.end; i++) {
						const inAt = (c * from.height + i * strideY + y) * from.width + first * strideX + x;
						run(weightAt, (o * to.height + i) * to.width + first, inAt, end - first);
					}
				}
			}
		}
	}
}

/** The outputs i, first <= i < end, whose tap i stride + offset lies in 0..size - 1. */
function inside(offset: number, stride: number, size: number, count: number): { first: number; end: number } {
	return {
		first: Math.max(0, Math.ceil(-offset / stride)),
		end: Math.min(count, Math.floor((size - 1 - offset) / stride) + 1),
	};
}
