import type { SignedImage } from '../image/compare.js';
import type { Image } from '../image/image.js';
import { largestChanges } from './display.js';

/** The smallest upright rectangle about pixels that touch each other, corners included. */
export interface MovedBox {
	readonly x: number;
	readonly y: number;
	readonly width: number;
	readonly height: number;
	/** Pixels of it that moved. */
	readonly pixels: number;
}

/** White where a channel differs by more than `threshold`, else black. Range: threshold is 0..254. */
export function maskOf(difference: SignedImage, threshold: number): Image {
	const { width, height } = difference;
	const samples = Uint8Array.from(largestChanges(difference), (change) => (Math.abs(change) > threshold ? 255 : 0));
	return { width, height, channels: 1, samples };
}

/** What moved in a mask, the largest first. Each pixel is visited once, whatever the shape. */
export function movedBoxes({ width, height, samples }: Image): MovedBox[] {
	const open = samples.slice();
	const boxes: MovedBox[] = [];
	const stack = new Int32Array(open.length);
	for (let start = 0; start < open.length; start++) {
		if (open[start] === 0) continue;
		open[start] = 0;
		stack[0] = start;
		let [left, right, top, bottom, pixels] = [width, 0, height, 0, 0];
		for (let depth = 1; depth > 0; ) {
			const at = stack[--depth];
			const [x, y] = [at % width, Math.floor(at / width)];
			pixels++;
			left = Math.min(left, x);
			right = Math.max(right, x);
			top = Math.min(top, y);
			bottom = Math.max(bottom, y);
			for (let row = Math.max(0, y - 1); row <= Math.min(height - 1, y + 1); row++) {
				for (let column = Math.max(0, x - 1); column <= Math.min(width - 1, x + 1); column++) {
					const next = row * width + column;
					if (open[next] === 0) continue;
					open[next] = 0;
					stack[depth++] = next;
				}
			}
		}
		boxes.push({ x: left, y: top, width: right - left + 1, height: bottom - top + 1, pixels });
	}
	return boxes.sort((a, b) => b.pixels - a.pixels);
}

/** What moved between two pictures. */
export interface Movement {
	readonly pixels: number;
	/** Of the whole picture. Range: 0..1. */
	readonly share: number;
	/** The largest first. */
	readonly boxes: readonly MovedBox[];
}

/** What moved by more than `threshold` gray levels. Range: threshold is 0..254. */
export function movementOf(difference: SignedImage, threshold: number): Movement {
	const boxes = movedBoxes(maskOf(difference, threshold));
	const pixels = boxes.reduce((sum, box) => sum + box.pixels, 0);
	return { pixels, share: pixels / (difference.width * difference.height), boxes };
}
