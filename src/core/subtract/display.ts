import type { SignedImage } from '../image/compare.js';
import type { Image } from '../image/image.js';

/** How a difference A - B becomes a picture. */
export const DISPLAYS = ['signed', 'absolute', 'saturated'] as const;
export type Display = (typeof DISPLAYS)[number];

/**
 * A picture of a difference.
 * - signed: white where nothing changed, red where A is brighter, blue where B is, the more so the less white. An RGB
 *   pixel shows the channel that changed most. A gray difference can be read off exactly.
 * - absolute: |A - B|, per channel.
 * - saturated: max(0, A - B), per channel, as `cv2.subtract` gives it.
 */
export function displayDifference(difference: SignedImage, display: Display): Image {
	const { width, height, channels, samples } = difference;
	if (display === 'signed') return diverging(difference);
	const bytes = new Uint8Array(samples.length);
	for (let i = 0; i < samples.length; i++)
		bytes[i] = display === 'absolute' ? Math.abs(samples[i]) : Math.max(0, samples[i]);
	return { width, height, channels, samples: bytes };
}

function diverging(difference: SignedImage): Image {
	const { width, height } = difference;
	const changes = largestChanges(difference);
	const samples = new Uint8Array(3 * changes.length);
	for (let i = 0; i < changes.length; i++) {
		const change = changes[i];
		samples[3 * i] = 255 + Math.min(0, change);
		samples[3 * i + 1] = 255 - Math.abs(change);
		samples[3 * i + 2] = 255 - Math.max(0, change);
	}
	return { width, height, channels: 3, samples };
}

/** Per pixel the difference of the channel that changed most. Unit and range: gray levels -255..255. */
export function largestChanges({ channels, samples }: SignedImage): Int16Array {
	if (channels === 1) return samples;
	return Int16Array.from({ length: samples.length / 3 }, (_, i) => {
		const [red, green, blue] = samples.subarray(3 * i, 3 * i + 3);
		const first = Math.abs(green) > Math.abs(red) ? green : red;
		return Math.abs(blue) > Math.abs(first) ? blue : first;
	});
}

/** The smallest and the largest difference. */
export function rangeOf({ samples }: SignedImage): readonly [number, number] {
	let [min, max] = [samples[0], samples[0]];
	for (const sample of samples) {
		if (sample < min) min = sample;
		if (sample > max) max = sample;
	}
	return [min, max];
}
