import type { Image, Size } from './image.js';

/** A place in a picture, in pixels from the top left corner of the top left pixel. */
export interface Point {
	readonly x: number;
	readonly y: number;
}

/** The centres of both eyes, left and right as seen in the picture. */
export interface Eyes {
	readonly left: Point;
	readonly right: Point;
}

/** Where aligned faces have their eyes, as shares of the height of the picture: hair and chin fit around them. */
const EYES_BELOW_TOP = 0.42;
const EYE_DISTANCE = 0.36;

/** Where the eyes come to lie in an aligned picture of this size. */
export function alignedEyes({ width, height }: Size): Eyes {
	const half = (EYE_DISTANCE * height) / 2;
	const y = EYES_BELOW_TOP * height;
	return { left: { x: width / 2 - half, y }, right: { x: width / 2 + half, y } };
}

/**
 * Turns, scales and moves a face so that its eyes lie where `alignedEyes` says: averages of aligned faces show a face.
 * Shape: `size`, with the channels of the picture. What lies outside the picture repeats its edge.
 * Error: bilinear interpolation, rounded; pictures that shrink by more than two are better resized first.
 * Throws: RangeError when both eyes are at one place.
 */
export function alignByEyes(image: Image, eyes: Eyes, size: Size): Image {
	const target = alignedEyes(size);
	const span = target.right.x - target.left.x;
	// the similarity (a, b) takes the target's eye line to the picture's: source = left + (a, b) * (target - left)
	const a = (eyes.right.x - eyes.left.x) / span;
	const b = (eyes.right.y - eyes.left.y) / span;
	if (a === 0 && b === 0) throw new RangeError('eyes: expected two places, got one');
	return sampleTurned(image, { from: eyes.left, to: target.left, a, b, size });
}

/** A similarity from a new picture to one that is there: source = from + (a, b) * (target - to), as complex numbers. */
export interface Turn {
	readonly from: Point;
	readonly to: Point;
	readonly a: number;
	readonly b: number;
	/** Of the new picture. */
	readonly size: Size;
}

/**
 * Turns, scales and moves a picture. What lies outside repeats its edge.
 * Shape: `size`, with the channels of the picture.
 * Error: bilinear interpolation, rounded; pictures that shrink by more than two are better resized first.
 */
export function sampleTurned(image: Image, { from, to, a, b, size }: Turn): Image {
	const { channels } = image;
	const samples = new Uint8Array(size.width * size.height * channels);
	for (let v = 0; v < size.height; v++) {
		for (let u = 0; u < size.width; u++) {
			const du = u + 0.5 - to.x;
			const dv = v + 0.5 - to.y;
			const x = from.x + a * du - b * dv - 0.5;
			const y = from.y + b * du + a * dv - 0.5;
			sampleInto(samples, (v * size.width + u) * channels, image, x, y);
		}
	}
	return { width: size.width, height: size.height, channels, samples };
}

/** Bilinear; mutates `samples` at `at`. */
function sampleInto(samples: Uint8Array, at: number, image: Image, x: number, y: number): void {
	const { width, height, channels } = image;
	const left = Math.floor(x);
	const top = Math.floor(y);
	const fx = x - left;
	const fy = y - top;
	const x0 = clamp(left, width) * channels;
	const x1 = clamp(left + 1, width) * channels;
	const y0 = clamp(top, height) * width * channels;
	const y1 = clamp(top + 1, height) * width * channels;
	for (let c = 0; c < channels; c++) {
		const upper = image.samples[y0 + x0 + c] * (1 - fx) + image.samples[y0 + x1 + c] * fx;
		const lower = image.samples[y1 + x0 + c] * (1 - fx) + image.samples[y1 + x1 + c] * fx;
		samples[at + c] = Math.round(upper * (1 - fy) + lower * fy);
	}
}

function clamp(index: number, length: number): number {
	return Math.min(Math.max(index, 0), length - 1);
}
