import type { Channels, Image, Size } from '../core/image/image.js';
import { type FrameShot, frameOf } from './camera-frame.js';
import { cropOf, cutInto } from './crop.js';
import { el } from './dom.js';

/** Why there is no picture, as far as a browser tells. */
export type CameraTrouble = 'denied' | 'none' | 'busy' | 'insecure' | 'failed';

export class CameraError extends Error {
	readonly trouble: CameraTrouble;

	constructor(trouble: CameraTrouble, cause?: unknown) {
		super(trouble, { cause });
		this.trouble = trouble;
	}
}

/** A running camera. */
export interface Camera {
	readonly video: HTMLVideoElement;
	/**
	 * The frame now, for the worker to cut to the session's shape. Where a browser hands out no frames it is cut here, which
	 * takes the time of its pixels on this thread.
	 */
	grab(zoom: number): FrameShot | Image;
	/** Called once when the camera goes away by itself. */
	onLost(listener: () => void): void;
	close(): void;
}

/** Asks for the camera that looks at the user, and waits for its first frame. Throws: CameraError. */
export async function openCamera(video: HTMLVideoElement, shape: Size & { channels: Channels }): Promise<Camera> {
	// browsers hide cameras from pages that came without TLS
	if (navigator.mediaDevices === undefined) throw new CameraError('insecure');
	let stream: MediaStream;
	try {
		stream = await navigator.mediaDevices.getUserMedia({
			audio: false,
			video: { facingMode: 'user', width: { ideal: 1280 }, height: { ideal: 720 } },
		});
	} catch (cause) {
		throw new CameraError(troubleOf(cause), cause);
	}
	video.srcObject = stream;
	try {
		await video.play();
	} catch (cause) {
		for (const track of stream.getTracks()) track.stop();
		throw new CameraError('failed', cause);
	}
	let context: CanvasRenderingContext2D | null = null;
	return {
		video,
		grab(zoom) {
			const crop = cropOf({ width: video.videoWidth, height: video.videoHeight }, shape, zoom);
			const frame = frameOf(video);
			if (frame !== null) return { frame, crop };
			context ??= el('canvas', { width: String(shape.width), height: String(shape.height) }).getContext('2d', {
				...{ willReadFrequently: true, alpha: false },
			});
			if (context === null) throw new CameraError('failed');
			return cutInto(context, video, crop, shape);
		},
		onLost(listener) {
			for (const track of stream.getVideoTracks()) track.addEventListener('ended', listener, { once: true });
		},
		close() {
			for (const track of stream.getTracks()) track.stop();
			video.srcObject = null;
		},
	};
}

function troubleOf(cause: unknown): CameraTrouble {
	switch (cause instanceof DOMException ? cause.name : '') {
		case 'NotAllowedError':
		case 'SecurityError':
			return 'denied';
		case 'NotFoundError':
		case 'OverconstrainedError':
			return 'none';
		case 'NotReadableError':
		case 'AbortError':
			return 'busy';
		default:
			return 'failed';
	}
}
