import { toGray } from '../core/image/colour.js';
import type { Channels, Image } from '../core/image/image.js';

/** A picture from what a canvas gives; what is transparent counts as opaque. */
export function fromRgba({ width, height, data }: ImageData, channels: Channels): Image {
	const samples = new Uint8Array(width * height * 3);
	for (let from = 0, to = 0; to < samples.length; from += 4, to += 3) {
		samples[to] = data[from];
		samples[to + 1] = data[from + 1];
		samples[to + 2] = data[from + 2];
	}
	const rgb: Image = { width, height, channels: 3, samples };
	return channels === 3 ? rgb : toGray(rgb);
}

/** A picture as a canvas takes it. */
export function toRgba({ width, height, channels, samples }: Image): ImageData {
	const rgba = new Uint8ClampedArray(width * height * 4).fill(255);
	for (let i = 0, at = 0; at < rgba.length; i += channels, at += 4) {
		rgba[at] = samples[i];
		rgba[at + 1] = samples[channels === 3 ? i + 1 : i];
		rgba[at + 2] = samples[channels === 3 ? i + 2 : i];
	}
	return new ImageData(rgba, width, height);
}
