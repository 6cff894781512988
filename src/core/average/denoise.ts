import type { Image } from '../image/image.js';
import { dctShrinkage } from './dct-shrinkage.js';
import { imageOfMeans } from './estimator.js';
import { gaussianBlur, type Plane } from './gaussian-blur.js';
import { createMechanism } from './mechanism.js';
import { halvePlane, resizePlane } from './plane-scale.js';
import { estimateFromReport } from './report-values.js';
import type { SessionParameters } from './session.js';

/** What a curious collector makes of one upload. */
export interface Reconstruction {
	readonly image: Image;
	/** Against the original; Infinity where they are equal. */
	readonly psnrDb: number;
	/** For people: "Gaussian blur, 3 pixels". */
	readonly method: string;
}

interface Denoiser {
	readonly method: string;
	apply(plane: Plane): Plane;
}

const BLUR_SIGMAS_PIXELS = [0.7, 1, 1.5, 2, 3, 4, 6, 9, 14, 22];
const SHRINKAGE_MULTIPLES = [2, 2.7, 3.5];
/** Times the picture is halved before shrinkage: noise in half the scale has half the deviation. */
const SHRINKAGE_HALVINGS = [0, 1, 2];

/**
 * The best of a family of simple denoisers on one upload: the upload as it is, its mean, Gaussian blurs, and shrinkage of
 * overlapping 8x8 DCT blocks at three scales, with the noise variance that the session makes public.
 * It is chosen against the original, which a collector does not have: an upper bound for this family, not for every
 * denoiser; a trained one does better.
 * Shape: `original` and `body` are of the session's shape.
 */
export function reconstructUpload(session: SessionParameters, body: Uint8Array, original: Image): Reconstruction {
	const planes = splitChannels(session, estimateFromReport(session, body));
	// uniform bits are values of all gray levels alike
	const noiseSigma =
		session.mechanism.kind === 'shares' ? 255 / Math.sqrt(12) : createMechanism(session.mechanism).expectedRmse(1);
	let best: Reconstruction | undefined;
	for (const { method, apply } of denoisers(session, noiseSigma)) {
		const image = imageOfMeans(session, joinChannels(session, planes.map(apply)));
		const psnrDb = psnrOf(image.samples, original.samples);
		if (best === undefined || psnrDb > best.psnrDb) best = { image, psnrDb, method };
	}
	return best ?? { image: original, psnrDb: Number.POSITIVE_INFINITY, method: 'none' };
}

/** Above this deviation the finest scale of an average of faces holds hardly more than noise, as measured. Unit: gray levels. */
const COARSER_ABOVE_GRAY = 16;
const AVERAGE_MULTIPLE = 2.7;

/**
 * An average with Gaussian noise of a known deviation, denoised without knowing anything else, so that it costs no privacy:
 * shrinkage of overlapping 8x8 DCT blocks, at a coarser scale where the noise is strong.
 * Shape: means H, W, C.
 */
export function denoiseAverage(session: SessionParameters, means: Float64Array, noiseGray: number): Float64Array {
	const shortSide = Math.min(session.width, session.height);
	let halvings = 0;
	while (halvings < 3 && noiseGray / 2 ** halvings > COARSER_ABOVE_GRAY && shortSide >= 16 * 2 ** halvings) halvings++;
	if (shortSide < 8 || noiseGray === 0) return means;
	const denoised = splitChannels(session, means).map((plane) => {
		let small = plane;
		for (let i = 0; i < halvings; i++) small = halvePlane(small);
		const shrunk = dctShrinkage(small, noiseGray / 2 ** halvings, AVERAGE_MULTIPLE, halvings === 0 ? 4 : 2);
		return resizePlane(shrunk, plane.width, plane.height);
	});
	return joinChannels(session, denoised);
}

function denoisers({ width, height }: SessionParameters, noiseSigma: number): Denoiser[] {
	const list: Denoiser[] = [
		{ method: 'the upload as it is', apply: (plane) => plane },
		{ method: 'one gray level', apply: meanPlane },
	];
	for (const sigma of BLUR_SIGMAS_PIXELS) {
		list.push({ method: `Gaussian blur, ${sigma} pixels`, apply: (plane) => blur(plane, sigma) });
	}
	for (const halvings of SHRINKAGE_HALVINGS) {
		const factor = 2 ** halvings;
		if (Math.min(width, height) < 8 * factor) continue;
		for (const multiple of SHRINKAGE_MULTIPLES) {
			list.push({
				method: `DCT shrinkage at 1/${factor} scale, threshold ${multiple} sigma`,
				apply(plane) {
					let small = plane;
					for (let i = 0; i < halvings; i++) small = halvePlane(small);
					const shrunk = dctShrinkage(small, noiseSigma / factor, multiple, halvings === 0 ? 4 : 2);
					return resizePlane(shrunk, plane.width, plane.height);
				},
			});
		}
	}
	return list;
}

/** Wide blurs at half the scale: an eighth of the work, and no difference that a PSNR shows. */
function blur(plane: Plane, sigmaPixels: number): Plane {
	if (sigmaPixels < 6 || Math.min(plane.width, plane.height) < 16) return gaussianBlur(plane, sigmaPixels);
	return resizePlane(blur(halvePlane(plane), sigmaPixels / 2), plane.width, plane.height);
}

function meanPlane({ width, height, values }: Plane): Plane {
	const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
	return { width, height, values: new Float64Array(values.length).fill(mean) };
}

function splitChannels({ width, height, channels }: SessionParameters, samples: Float64Array): Plane[] {
	return Array.from({ length: channels }, (_, channel) => ({
		width,
		height,
		values: Float64Array.from({ length: width * height }, (_value, i) => samples[i * channels + channel]),
	}));
}

function joinChannels({ width, height, channels }: SessionParameters, planes: readonly Plane[]): Float64Array {
	return Float64Array.from({ length: width * height * channels }, (_, i) => {
		return planes[i % channels].values[Math.floor(i / channels)];
	});
}

function psnrOf(samples: Uint8Array, original: Uint8Array): number {
	let squares = 0;
	for (let i = 0; i < samples.length; i++) squares += (samples[i] - original[i]) ** 2;
	return 10 * Math.log10((255 ** 2 * samples.length) / squares);
}
