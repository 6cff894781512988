import { DataError } from '../errors.js';
import { guardSameShape, shapeText } from './guards.js';
import type { Image } from './image.js';

const WINDOW = 11;
const SIGMA = 1.5;
const C1 = (0.01 * 255) ** 2;
const C2 = (0.03 * 255) ** 2;

const WEIGHTS = gaussianWeights();

/**
 * Structural similarity, the mean over the picture, then over its channels. Range: -1..1, 1 for equal pictures.
 * Window: 11x11 Gaussian, sigma 1.5, sum 1; K1 = 0.01, K2 = 0.03, L = 255. Edges: only windows that lie wholly inside
 * the picture count, (W - 10)(H - 10) of them; no padding, no downsampling.
 * Throws: DataError `shape-mismatch`, `picture-too-small` under 11x11.
 * Source: Wang, Bovik, Sheikh, Simoncelli, "Image quality assessment: from error visibility to structural similarity",
 * IEEE Transactions on Image Processing 13(4), 2004, section III.B.
 */
export function ssim(a: Image, b: Image): number {
	guardSameShape(a, b);
	if (a.width < WINDOW || a.height < WINDOW) {
		throw new DataError(
			'picture-too-small',
			`${shapeText(a)}: structural similarity needs ${WINDOW}x${WINDOW} or more`,
			{
				hint: 'compare larger pictures',
			},
		);
	}
	let sum = 0;
	for (let channel = 0; channel < a.channels; channel++) {
		sum += channelSsim(plane(a, channel), plane(b, channel), a.width, a.height);
	}
	return sum / a.channels;
}

function channelSsim(x: Float64Array, y: Float64Array, width: number, height: number): number {
	const blurred = (values: Float64Array) => blur(values, width, height);
	const product = (u: Float64Array, v: Float64Array) => u.map((value, i) => value * (v[i] ?? 0));
	const meanX = blurred(x);
	const meanY = blurred(y);
	const meanXX = blurred(product(x, x));
	const meanYY = blurred(product(y, y));
	const meanXY = blurred(product(x, y));
	let sum = 0;
	for (let i = 0; i < meanX.length; i++) {
		const mx = meanX[i] ?? 0;
		const my = meanY[i] ?? 0;
		const varianceX = (meanXX[i] ?? 0) - mx * mx;
		const varianceY = (meanYY[i] ?? 0) - my * my;
		const covariance = (meanXY[i] ?? 0) - mx * my;
		const luminance = (2 * mx * my + C1) / (mx * mx + my * my + C1);
		sum += (luminance * (2 * covariance + C2)) / (varianceX + varianceY + C2);
	}
	return sum / meanX.length;
}

function plane(image: Image, channel: number): Float64Array {
	const { channels, samples } = image;
	return Float64Array.from({ length: image.width * image.height }, (_, i) => samples[i * channels + channel] ?? 0);
}

/** Separable convolution, valid windows only. Shape: (height - 10) rows of (width - 10). */
function blur(values: Float64Array, width: number, height: number): Float64Array {
	const outWidth = width - WINDOW + 1;
	const outHeight = height - WINDOW + 1;
	const rows = new Float64Array(outWidth * height);
	convolveInto(rows, values, { width: outWidth, height, rowStride: width, step: 1 });
	const result = new Float64Array(outWidth * outHeight);
	convolveInto(result, rows, { width: outWidth, height: outHeight, rowStride: outWidth, step: outWidth });
	return result;
}

interface Walk {
	readonly width: number;
	readonly height: number;
	/** Distance of two rows in the source. */
	readonly rowStride: number;
	/** Distance of two taps in the source. */
	readonly step: number;
}

function convolveInto(result: Float64Array, source: Float64Array, walk: Walk): void {
	for (let y = 0; y < walk.height; y++) {
		for (let x = 0; x < walk.width; x++) {
			const start = y * walk.rowStride + x;
			let sum = 0;
			for (let tap = 0; tap < WINDOW; tap++) {
				sum += (WEIGHTS[tap] ?? 0) * (source[start + tap * walk.step] ?? 0);
			}
			result[y * walk.width + x] = sum;
		}
	}
}

function gaussianWeights(): Float64Array {
	const half = (WINDOW - 1) / 2;
	const weights = Float64Array.from({ length: WINDOW }, (_, i) => Math.exp(-((i - half) ** 2) / (2 * SIGMA * SIGMA)));
	const total = weights.reduce((sum, weight) => sum + weight, 0);
	return weights.map((weight) => weight / total);
}
