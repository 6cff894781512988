import { toChannels } from '../image/colour.js';
import type { Channels, Image, Size } from '../image/image.js';

/**
 * Frame `index` of an animated test pattern: three moving ramps, one per channel, and a white disc that runs around.
 * Error: integers only, the same on every machine. Gray is the luma of the RGB pattern.
 */
export function testPattern(index: number, size: Size, channels: Channels): Image {
	const { width, height } = size;
	const samples = new Uint8Array(width * height * 3);
	const radius = Math.max(1, Math.floor(Math.min(width, height) / 8));
	const centreX = bounce(7 * index + Math.floor(width / 2), radius, width - 1 - radius);
	const centreY = bounce(5 * index + Math.floor(height / 2), radius, height - 1 - radius);
	for (let y = 0, at = 0; y < height; y++) {
		for (let x = 0; x < width; x++, at += 3) {
			if ((x - centreX) ** 2 + (y - centreY) ** 2 <= radius * radius) {
				samples.fill(255, at, at + 3);
			} else {
				samples[at] = Math.floor((x * 256) / width) + 4 * index;
				samples[at + 1] = Math.floor((y * 256) / height) + 2 * index;
				samples[at + 2] = Math.floor(((x + y) * 256) / (width + height)) - 3 * index;
			}
		}
	}
	return toChannels({ width, height, channels: 3, samples }, channels);
}

/** Position on a track that is walked up and down between both ends; its middle where there is no track. */
function bounce(step: number, from: number, to: number): number {
	if (to <= from) {
		return Math.max(0, Math.floor((from + to) / 2));
	}
	const length = to - from;
	const phase = step % (2 * length);
	return from + (phase <= length ? phase : 2 * length - phase);
}
