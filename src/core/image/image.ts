/** Samples of one pixel: 1 = gray, 3 = RGB. */
export type Channels = 1 | 3;

/**
 * A picture in memory.
 * Shape: `samples` is row-major H, W, C; length = width * height * channels.
 * Unit and range: gray levels 0..255, sRGB as decoded.
 */
export interface Image {
	readonly width: number;
	readonly height: number;
	readonly channels: Channels;
	readonly samples: Uint8Array;
}

/** Width and height in pixels. */
export interface Size {
	readonly width: number;
	readonly height: number;
}
