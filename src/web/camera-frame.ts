import type { Size } from '../core/image/image.js';
import type { Crop } from './crop.js';

/** A frame as the camera gave it, and what of it is the picture: the worker cuts it. */
export interface FrameShot {
	readonly frame: VideoFrame;
	readonly crop: Crop;
}

/**
 * The frame that a video shows, without its pixels being touched; null where this browser cannot hand one to a worker,
 * or gives it otherwise than it is shown.
 */
export function frameOf(video: HTMLVideoElement): VideoFrame | null {
	if (typeof VideoFrame !== 'function' || typeof OffscreenCanvas !== 'function') return null;
	let frame: VideoFrame;
	try {
		frame = new VideoFrame(video);
	} catch {
		// no frame yet, or a kind of video that it does not take: the canvas will say
		return null;
	}
	// phones turn their frames, and not every browser draws a turned one upright
	if (isAsShown(frame, { width: video.videoWidth, height: video.videoHeight })) return frame;
	frame.close();
	return null;
}

function isAsShown(frame: VideoFrame & { readonly rotation?: number; readonly flip?: boolean }, shown: Size): boolean {
	const isUpright = (frame.rotation ?? 0) === 0 && frame.flip !== true;
	return isUpright && frame.displayWidth === shown.width && frame.displayHeight === shown.height;
}
