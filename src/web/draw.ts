import type { Image } from '../core/image/image.js';

/** Draws a picture over the whole canvas, which takes the picture's size. */
export function drawImage(canvas: HTMLCanvasElement, { width, height, channels, samples }: Image): void {
	if (canvas.width !== width || canvas.height !== height) {
		canvas.width = width;
		canvas.height = height;
	}
	const context = canvas.getContext('2d', { alpha: false });
	if (context === null) return;
	const rgba = new Uint8ClampedArray(width * height * 4).fill(255);
	for (let i = 0, at = 0; at < rgba.length; i += channels, at += 4) {
		rgba[at] = samples[i];
		rgba[at + 1] = samples[channels === 3 ? i + 1 : i];
		rgba[at + 2] = samples[channels === 3 ? i + 2 : i];
	}
	context.putImageData(new ImageData(rgba, width, height), 0, 0);
}
