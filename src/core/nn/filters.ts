import { DataError } from '../errors.js';
import type { Image, Size } from '../image/image.js';
import { checkGraph } from './check-graph.js';
import { runClearFixed } from './clear-fixed.js';
import type { FilterKernel } from './filter-kernel.js';
import type { FixedPoint } from './fixed-point.js';
import type { Graph } from './graph.js';
import { windowOf } from './graph.js';

/** A filter of one picture size as a network of one layer, with the integers that it runs on. */
export interface Filter {
	/** Reads what `padForFilter` makes. */
	readonly graph: Graph;
	/** Pixels are whole gray levels; no product is truncated, so that only who opens the result needs the weights' bits. */
	readonly fixedPoint: FixedPoint;
	/** Fractional bits of the weights and of the result. */
	readonly weightBits: number;
}

/** More are not used: rounding errs by 255 x taps x 2^-17 levels at most, 0.02 for 3x3, and mostly far less. */
const maxWeightBits = 16;

/**
 * Shape: each channel of the picture by itself, (height + kernel - 1) x (width + kernel - 1) in, height x width out.
 * Error: weights are rounded to `weightBits`; whole numbers stay exact.
 * Throws: DataError `bad-kernel` for weights that are too large for 8-bit pixels in 32 bits.
 */
export function createFilter(kernel: FilterKernel, picture: Pick<Image, 'width' | 'height' | 'channels'>): Filter {
	const { channels } = picture;
	const taps = kernel.weights.length;
	const weights = Float32Array.from({ length: channels * taps }, (_, at) => kernel.weights[at % taps]);
	const weightBits = chooseWeightBits(kernel);
	const graph = checkGraph({
		// not the kernel's own: the parties see the name of the network
		name: 'filter',
		input: 'picture',
		inputShape: {
			channels,
			height: picture.height + kernel.height - 1,
			width: picture.width + kernel.width - 1,
		},
		output: 'filtered',
		nodes: [
			{
				kind: 'conv',
				input: 'picture',
				output: 'filtered',
				outChannels: channels,
				groups: channels,
				window: windowOf(kernel.height, kernel.width),
				weights,
				bias: new Float32Array(channels),
			},
		],
	});
	const fixedPoint: FixedPoint = {
		ringBits: 32,
		fractionalBits: new Map([
			['picture', 0],
			['filtered', weightBits],
		]),
		weightBits: new Map([['filtered', weightBits]]),
	};
	return { graph, fixedPoint, weightBits };
}

/**
 * The picture's samples with its edge pixels repeated outwards by half a kernel: a filter has no dark rim then, and a
 * picture of one colour stays one.
 * Shape: H, W, C in; C, H + kernel height - 1, W + kernel width - 1 out.
 */
export function padForFilter(image: Image, kernel: Pick<FilterKernel, 'height' | 'width'>): Float64Array {
	const { width, height, channels, samples } = image;
	const [padY, padX] = [(kernel.height - 1) / 2, (kernel.width - 1) / 2];
	const out = new Float64Array(channels * (height + 2 * padY) * (width + 2 * padX));
	let at = 0;
	for (let c = 0; c < channels; c++) {
		for (let i = -padY; i < height + padY; i++) {
			const row = clamp(i, height - 1) * width;
			for (let j = -padX; j < width + padX; j++, at++) out[at] = samples[(row + clamp(j, width - 1)) * channels + c];
		}
	}
	return out;
}

/**
 * The picture that a filter's integers stand for: rounded to the nearest level, halves up, and clamped to 0..255.
 * Shape: C, H, W in; H, W, C out.
 */
export function toFilteredPicture(values: ArrayLike<number>, size: Size, weightBits: number): Image {
	const plane = size.width * size.height;
	const channels = values.length === plane ? 1 : 3;
	if (values.length !== channels * plane) {
		throw new DataError('shape-mismatch', `expected ${size.width}x${size.height} values, got ${values.length}`);
	}
	const samples = new Uint8Array(values.length);
	for (let at = 0; at < samples.length; at++) {
		const value = values[(at % channels) * plane + Math.floor(at / channels)];
		samples[at] = clamp(Math.floor(value / 2 ** weightBits + 0.5), 255);
	}
	return { ...size, channels, samples };
}

/** The filtered picture in the clear: level for level what the filter on shares gives. */
export function filterInClear(image: Image, kernel: FilterKernel): Image {
	const { graph, fixedPoint, weightBits } = createFilter(kernel, image);
	const { output } = runClearFixed(graph, fixedPoint, padForFilter(image, kernel));
	return toFilteredPicture(output, { width: image.width, height: image.height }, weightBits);
}

/** No more bits than the weights have, and 255 times their sum within 2^30, rounding included. */
function chooseWeightBits(kernel: FilterKernel): number {
	const sum = kernel.weights.reduce((total, weight) => total + Math.abs(weight), 0);
	const isExact = (bits: number): boolean => kernel.weights.every((weight) => Number.isInteger(weight * 2 ** bits));
	const fits = (bits: number): boolean => 255 * (sum * 2 ** bits + kernel.weights.length / 2) < 2 ** 30;
	let bits = 0;
	if (!fits(bits)) {
		throw new DataError('bad-kernel', `${kernel.name}: the weights add up to ${sum}, too much for 32 bits`, {
			hint: 'divide the weights by a common number',
		});
	}
	while (bits < maxWeightBits && !isExact(bits) && fits(bits + 1)) bits += 1;
	return bits;
}

function clamp(value: number, max: number): number {
	return Math.min(Math.max(value, 0), max);
}
