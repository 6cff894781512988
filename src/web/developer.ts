import type { Channels, Image, Size } from '../core/image/image.js';
import type { FrameShot } from './camera-frame.js';
import { cutInto } from './crop.js';

/** Makes pictures of frames, in the worker. The frame of each is used up. Throws: Error where there is no canvas. */
export function createDeveloper(): (shot: FrameShot, shape: Size & { channels: Channels }) => Image {
	let context: OffscreenCanvasRenderingContext2D | null = null;
	return ({ frame, crop }, shape) => {
		const { width, height } = shape;
		if (context?.canvas.width !== width || context.canvas.height !== height) {
			context = new OffscreenCanvas(width, height).getContext('2d', { willReadFrequently: true, alpha: false });
		}
		try {
			if (context === null) throw new Error('this browser gives workers no canvas');
			return cutInto(context, frame, crop, shape);
		} finally {
			frame.close();
		}
	};
}
