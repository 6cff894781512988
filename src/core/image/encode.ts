import { extname } from 'node:path';
import { UserError } from '../errors.js';
import { encodeCompressed } from './codec.js';
import { toGray, toRgb } from './colour.js';
import type { Image } from './image.js';
import { encodePnm } from './pnm.js';

export type Encoder = (image: Image) => Promise<Uint8Array>;

const JPEG_QUALITY = 90;

const ENCODERS: ReadonlyMap<string, Encoder> = new Map<string, Encoder>([
	['.png', encodePng],
	['.jpg', encodeJpeg],
	['.jpeg', encodeJpeg],
	['.webp', (image) => encodeCompressed(image, 'webp', JPEG_QUALITY)],
	['.tif', (image) => encodeCompressed(image, 'tiff', JPEG_QUALITY)],
	['.tiff', (image) => encodeCompressed(image, 'tiff', JPEG_QUALITY)],
	['.pgm', async (image) => encodePnm(toGray(image))],
	['.ppm', async (image) => encodePnm(toRgb(image))],
]);

/** PNG with the channels of the picture. Error: exact. */
export async function encodePng(image: Image): Promise<Uint8Array> {
	return await encodeCompressed(image, 'png', JPEG_QUALITY);
}

/** JPEG without chroma subsampling. Unit and range: quality 1..100. */
export async function encodeJpeg(image: Image, quality: number = JPEG_QUALITY): Promise<Uint8Array> {
	return await encodeCompressed(image, 'jpeg', quality);
}

/**
 * The encoder that the extension of `path` asks for.
 * Throws: UserError `unknown-picture-extension`.
 */
export function encodeFor(path: string): Encoder {
	const extension = extname(path).toLowerCase();
	const encoder = ENCODERS.get(extension);
	if (encoder === undefined) {
		throw new UserError('unknown-picture-extension', `${path}: no picture format has the extension "${extension}"`, {
			hint: `use one of ${[...ENCODERS.keys()].join(', ')}`,
		});
	}
	return encoder;
}
