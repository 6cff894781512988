import { resample } from './codec.js';
import { guardSides } from './guards.js';
import type { Image, Size } from './image.js';

export { toGray, toRgb } from './colour.js';

/** A part of a picture in pixels. */
export interface Rectangle extends Size {
	readonly left: number;
	readonly top: number;
}

/** The part of a picture inside `area`. Throws: RangeError when `area` is not inside the picture. */
export function crop(image: Image, area: Rectangle): Image {
	const { left, top, width, height } = area;
	guardSides(area, 'area');
	const whole = Number.isInteger(left) && Number.isInteger(top) && left >= 0 && top >= 0;
	if (!whole || left + width > image.width || top + height > image.height) {
		throw new RangeError(
			`area: expected to lie in ${image.width}x${image.height}, got ${width}x${height}+${left}+${top}`,
		);
	}
	const rowSamples = width * image.channels;
	const samples = new Uint8Array(rowSamples * height);
	for (let row = 0; row < height; row++) {
		const start = ((top + row) * image.width + left) * image.channels;
		samples.set(image.samples.subarray(start, start + rowSamples), row * rowSamples);
	}
	return { width, height, channels: image.channels, samples };
}

/** Resamples to exactly `size`; the aspect may change. Error: Lanczos 3, rounded, exact when the size is the same. */
export async function resize(image: Image, size: Size): Promise<Image> {
	guardSides(size, 'size');
	return size.width === image.width && size.height === image.height ? image : await resample(image, size);
}

/** Fills `size` and keeps the aspect: what sticks out is cut off evenly on both sides. */
export async function fit(image: Image, size: Size): Promise<Image> {
	guardSides(size, 'size');
	const scale = Math.max(size.width / image.width, size.height / image.height);
	const width = Math.min(image.width, Math.max(1, Math.round(size.width / scale)));
	const height = Math.min(image.height, Math.max(1, Math.round(size.height / scale)));
	const left = Math.floor((image.width - width) / 2);
	const top = Math.floor((image.height - height) / 2);
	const isWhole = width === image.width && height === image.height;
	return await resize(isWhole ? image : crop(image, { left, top, width, height }), size);
}

/** Puts the whole picture into `size`, keeps the aspect, and fills the rest with one gray level. */
export async function contain(image: Image, size: Size, background = 0): Promise<Image> {
	guardSides(size, 'size');
	const inner = await resize(image, containedSize(image, size));
	if (inner.width === size.width && inner.height === size.height) {
		return inner;
	}
	const canvas = blank(size, image.channels, background);
	pasteInto(canvas, inner, Math.floor((size.width - inner.width) / 2), Math.floor((size.height - inner.height) / 2));
	return canvas;
}

/** The largest size with the aspect of `inner` (rounded, at least 1x1) inside `outer`. */
export function containedSize(inner: Size, outer: Size): Size {
	const scale = Math.min(outer.width / inner.width, outer.height / inner.height);
	return {
		width: Math.min(outer.width, Math.max(1, Math.round(inner.width * scale))),
		height: Math.min(outer.height, Math.max(1, Math.round(inner.height * scale))),
	};
}

/** A picture of one gray level. */
export function blank(size: Size, channels: Image['channels'], level: number): Image {
	guardSides(size, 'size');
	const samples = new Uint8Array(size.width * size.height * channels).fill(level);
	return { width: size.width, height: size.height, channels, samples };
}

/** Copies `part` over `canvas`, which is changed. The part must lie inside and have the same channels. */
export function pasteInto(canvas: Image, part: Image, left: number, top: number): void {
	const rowSamples = part.width * part.channels;
	for (let row = 0; row < part.height; row++) {
		const source = part.samples.subarray(row * rowSamples, (row + 1) * rowSamples);
		canvas.samples.set(source, ((top + row) * canvas.width + left) * canvas.channels);
	}
}
