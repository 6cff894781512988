import { toGray } from '../core/image/colour.js';
import type { Channels, Image, Size } from '../core/image/image.js';
import { cropOf } from './crop.js';

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
	/** The frame now, cut to the session's shape. Reading it back takes the time of its pixels on this thread. */
	grab(zoom: number): Image;
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
	const canvas = document.createElement('canvas');
	canvas.width = shape.width;
	canvas.height = shape.height;
	const context = canvas.getContext('2d', { willReadFrequently: true, alpha: false });
	if (context === null) throw new CameraError('failed');
	context.imageSmoothingQuality = 'high';
	return {
		video,
		grab(zoom) {
			const { left, top, width, height } = cropOf({ width: video.videoWidth, height: video.videoHeight }, shape, zoom);
			context.drawImage(video, left, top, width, height, 0, 0, shape.width, shape.height);
			return fromRgba(context.getImageData(0, 0, shape.width, shape.height), shape.channels);
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

function fromRgba({ width, height, data }: ImageData, channels: Channels): Image {
	const samples = new Uint8Array(width * height * 3);
	for (let from = 0, to = 0; to < samples.length; from += 4, to += 3) {
		samples[to] = data[from];
		samples[to + 1] = data[from + 1];
		samples[to + 2] = data[from + 2];
	}
	const rgb: Image = { width, height, channels: 3, samples };
	return channels === 3 ? rgb : toGray(rgb);
}
