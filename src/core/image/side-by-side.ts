import { toRgb } from './colour.js';
import { blank, pasteInto } from './geometry.js';
import type { Image } from './image.js';

/**
 * The pictures in one row, tops aligned, on white, `gapPx` apart.
 * Shape: as high as the highest; RGB as soon as one of them is.
 * Throws: RangeError for no picture or a gap that is not whole and at least 0.
 */
export function sideBySide(images: readonly Image[], gapPx: number): Image {
	if (images.length === 0) {
		throw new RangeError('images: expected at least one, got none');
	}
	if (!Number.isInteger(gapPx) || gapPx < 0) {
		throw new RangeError(`gapPx: expected a whole number of at least 0, got ${gapPx}`);
	}
	const isColour = images.some((image) => image.channels === 3);
	const width = images.reduce((sum, image) => sum + image.width, gapPx * (images.length - 1));
	const height = Math.max(...images.map((image) => image.height));
	const canvas = blank({ width, height }, isColour ? 3 : 1, 255);
	let left = 0;
	for (const image of images) {
		pasteInto(canvas, isColour ? toRgb(image) : image, left, 0);
		left += image.width + gapPx;
	}
	return canvas;
}
