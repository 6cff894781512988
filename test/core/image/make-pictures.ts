import sharp, { type Sharp } from 'sharp';
import type { Channels, Image } from '../../../src/core/image/image.js';

/** A picture whose sample number i is `level(i)`, modulo 256. */
export function picture(width: number, height: number, channels: Channels, level: (i: number) => number): Image {
	return {
		width,
		height,
		channels,
		samples: Uint8Array.from({ length: width * height * channels }, (_, i) => level(i)),
	};
}

/** An uneven RGB picture, the same each time. */
export function uneven(width: number, height: number): Image {
	return picture(width, height, 3, (i) => (i * i) / 11 + i * 5);
}

/** sharp on a picture, to make files that we do not write ourselves. */
export function sharpOf(image: Image): Sharp {
	const { width, height, channels, samples } = image;
	return sharp(samples, { raw: { width, height, channels } });
}

/** A PNG of a picture with a chunk put in behind IHDR. Its checksum is wrong: nobody should need it. */
export async function pngWithChunk(image: Image, type: string, data: Uint8Array): Promise<Uint8Array> {
	const png = await sharpOf(image).png().toBuffer();
	const chunk = Buffer.alloc(12 + data.length);
	chunk.writeUInt32BE(data.length, 0);
	chunk.write(type, 4, 'latin1');
	chunk.set(data, 8);
	return Buffer.concat([png.subarray(0, 33), chunk, png.subarray(33)]);
}

/** Two frames after one another, as an animated GIF or WebP. */
export async function animation(format: 'gif' | 'webp'): Promise<Uint8Array> {
	const frames = await Promise.all(
		[uneven(8, 6), picture(8, 6, 3, () => 9)].map((image) => sharpOf(image).png().toBuffer()),
	);
	const joined = sharp(frames, { join: { animated: true } });
	return await (format === 'gif' ? joined.gif() : joined.webp()).toBuffer();
}

/** A PNG header that promises a size, and nothing behind it. */
export function pngHeader(width: number, height: number): Uint8Array {
	const bytes = Buffer.from('\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\0\0\0\0\0\x08\x02\0\0\0\0\0\0\0', 'latin1');
	bytes.writeUInt32BE(width, 16);
	bytes.writeUInt32BE(height, 20);
	return bytes;
}

/** A whole JPEG whose frame header is overwritten with another size. */
export async function jpegOfClaimedSize(width: number, height: number): Promise<Uint8Array> {
	const jpeg = await sharpOf(uneven(16, 16)).jpeg({ mozjpeg: false }).toBuffer();
	const frameHeader = jpeg.indexOf(Buffer.from([0xff, 0xc0]));
	jpeg.writeUInt16BE(height, frameHeader + 5);
	jpeg.writeUInt16BE(width, frameHeader + 7);
	return jpeg;
}

/** Text as bytes. */
export function bytesOf(text: string): Uint8Array {
	return Uint8Array.from(text, (character) => character.charCodeAt(0));
}
