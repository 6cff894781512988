import type { Channels, Image } from './image.js';

/**
 * Gray picture by the luma of ITU-R BT.601 in integers: (19595 R + 38470 G + 7471 B + 32768) >> 16.
 * Error: the weights are 0.299, 0.587, 0.114 to 2^-17, the result is rounded; R = G = B = v gives v exactly.
 * A gray picture is returned as it is, not copied.
 */
export function toGray(image: Image): Image {
	if (image.channels === 1) {
		return image;
	}
	const { width, height, samples: rgb } = image;
	const samples = new Uint8Array(width * height);
	for (let i = 0, at = 0; i < samples.length; i++, at += 3) {
		samples[i] = (19_595 * (rgb[at] ?? 0) + 38_470 * (rgb[at + 1] ?? 0) + 7_471 * (rgb[at + 2] ?? 0) + 32_768) >> 16;
	}
	return { width, height, channels: 1, samples };
}

/** RGB picture; gray is repeated in each channel. An RGB picture is returned as it is, not copied. */
export function toRgb(image: Image): Image {
	if (image.channels === 3) {
		return image;
	}
	const { width, height, samples: gray } = image;
	const samples = new Uint8Array(gray.length * 3);
	for (let i = 0, at = 0; i < gray.length; i++, at += 3) {
		samples.fill(gray[i] ?? 0, at, at + 3);
	}
	return { width, height, channels: 3, samples };
}

/** The picture with that many channels; undefined leaves it as it is. */
export function toChannels(image: Image, channels: Channels | undefined): Image {
	if (channels === undefined) {
		return image;
	}
	return channels === 1 ? toGray(image) : toRgb(image);
}
