import type { ProductShape, WindowShape } from '../../kernels/ring.js';

/** weights times x; or a convolution, where each of `groups` parts of the channels has weights of its own. */
export type LinearShape =
	| { readonly kind: 'product'; readonly product: ProductShape }
	| {
			readonly kind: 'convolution';
			/** Of one group: its channels, not those of all groups. */
			readonly window: WindowShape;
			/** Of one group. */
			readonly outChannels: number;
			readonly groups: number;
	  };

/** Rows of the outcome that have one bias each, and values per row. */
export function linearOutcome(shape: LinearShape): { readonly rows: number; readonly columns: number } {
	if (shape.kind === 'product') return shape.product;
	const { window, outChannels, groups } = shape;
	return { rows: outChannels * groups, columns: window.outHeight * window.outWidth };
}

/** The ranges of weights, picture and outcome that belong together. */
export function groupRanges(shape: LinearShape & { readonly kind: 'convolution' }) {
	const { window, outChannels, groups } = shape;
	const weights = outChannels * window.channels * window.kernelHeight * window.kernelWidth;
	const image = window.channels * window.height * window.width;
	const outcome = outChannels * window.outHeight * window.outWidth;
	const range = (size: number, group: number) => [group * size, (group + 1) * size] as const;
	return Array.from({ length: groups }, (_, group) => ({
		weights: range(weights, group),
		image: range(image, group),
		outcome: range(outcome, group),
	}));
}
