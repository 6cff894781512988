import type { Channels, Image, Size } from '../core/image/image.js';
import { fromRgba } from './rgba.js';

/** A part of a camera's frame, in its pixels. */
export interface Crop extends Size {
	readonly left: number;
	readonly top: number;
}

export const ZOOM_RANGE = { min: 1, max: 3 } as const;

/**
 * The middle of a frame that has the shape of the session's pictures, as large as fits, and smaller by `zoom`: what the
 * oval is drawn over, so that eyes on its marks lie at the same place in everybody's picture.
 * Throws: RangeError for an empty frame.
 */
export function cropOf(frame: Size, picture: Size, zoom: number): Crop {
	if (!(frame.width > 0 && frame.height > 0)) throw new RangeError('frame: expected pixels, got none');
	const scale = Math.min(frame.width / picture.width, frame.height / picture.height) / Math.max(ZOOM_RANGE.min, zoom);
	const width = picture.width * scale;
	const height = picture.height * scale;
	return { width, height, left: (frame.width - width) / 2, top: (frame.height - height) / 2 };
}

/** Draws a part of a frame over the whole canvas, and reads it back: the same for the page and for the worker. */
export function cutInto(
	context: CanvasRenderingContext2D | OffscreenCanvasRenderingContext2D,
	frame: HTMLVideoElement | VideoFrame,
	{ left, top, width, height }: Crop,
	shape: Size & { channels: Channels },
): Image {
	context.imageSmoothingQuality = 'high';
	context.drawImage(frame, left, top, width, height, 0, 0, shape.width, shape.height);
	return fromRgba(context.getImageData(0, 0, shape.width, shape.height), shape.channels);
}
