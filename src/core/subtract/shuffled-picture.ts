import { type SignedImage, signed } from '../image/compare.js';
import { encodePng } from '../image/encode.js';
import type { Image } from '../image/image.js';
import { displayDifference } from './display.js';
import { type ShuffleMark, withMark } from './shuffle-mark.js';

/** A PNG that any program opens, and that says how it was shuffled. Error: exact. */
export async function encodeShuffled(image: Image, mark: ShuffleMark): Promise<Uint8Array> {
	return withMark(await encodePng(image), mark);
}

/**
 * max(0, A - B) of two shuffled pictures, as `cv2.subtract` gives it. Whoever has both needs no key for it.
 * Throws: DataError `shape-mismatch`.
 */
export function subtractShuffled(a: Image, b: Image): Image {
	return displayDifference(signed(a, b), 'saturated');
}

/** A picture as a difference that happens to be nowhere below zero. */
export function asDifference({ width, height, channels, samples }: Image): SignedImage {
	return { width, height, channels, samples: Int16Array.from(samples) };
}
