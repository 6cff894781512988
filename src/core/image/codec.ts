import sharp, { type Metadata, type Sharp } from 'sharp';
import { DataError } from '../errors.js';
import type { Channels, Image, Size } from './image.js';
import { animated, checkPixels, damaged, MAX_PIXELS, truncated, unsupported } from './refusals.js';
import type { PictureFormat } from './sniff.js';
import { readStructure } from './structure.js';

/** A decoded picture, and whether transparency was left out: the colours below it stay. */
export interface DecodedImage extends Image {
	readonly droppedAlpha: boolean;
}

interface RawInfo extends Size {
	readonly channels: number;
}

/** The formats that sharp writes for us. */
export type CompressedFormat = 'png' | 'jpeg' | 'webp' | 'tiff';

/**
 * Decodes every compressed format to 8-bit gray or sRGB, upright by its EXIF orientation.
 * Palettes, 16-bit samples, CMYK and embedded profiles are converted. Of a TIFF with several pages the first is read.
 * Throws: DataError (animated, truncated, damaged, too large, unsupported samples), each from the header where the header tells.
 */
export async function decodeCompressed(
	bytes: Uint8Array,
	name: string,
	format: Exclude<PictureFormat, 'pnm'>,
): Promise<DecodedImage> {
	const structure = readStructure(bytes, format);
	if (structure.size !== null) {
		checkPixels(name, structure.size.width, structure.size.height);
	}
	if (structure.animated) {
		throw animated(name);
	}
	if (structure.truncated) {
		throw truncated(name);
	}
	const input = sharp(bytes, { failOn: 'warning', limitInputPixels: false, animated: false });
	const metadata = await blame(name, () => input.metadata());
	checkPixels(name, metadata.width, metadata.height);
	if (format !== 'tiff' && (metadata.pages ?? 1) > 1) {
		throw animated(name);
	}
	if (metadata.depth !== 'uchar' && metadata.depth !== 'ushort') {
		throw unsupported(name, `samples of type ${metadata.depth}`);
	}
	return await blame(name, () => decodeSamples(bytes, name, metadata));
}

async function decodeSamples(bytes: Uint8Array, name: string, metadata: Metadata): Promise<DecodedImage> {
	const isGray = metadata.space === 'b-w' || metadata.space === 'grey16';
	const { data, info } = await sharp(bytes, { failOn: 'warning', limitInputPixels: MAX_PIXELS, sequentialRead: true })
		.autoOrient()
		// Going to 'b-w' would lose the alpha channel unseen; as sRGB gray pictures have three equal channels.
		.toColourspace(isGray && !metadata.hasAlpha ? 'b-w' : 'srgb')
		.raw({ depth: 'uchar' })
		.toBuffer({ resolveWithObject: true });
	if (info.channels === 4) {
		return withoutAlpha(data, info, isGray ? 1 : 3);
	}
	if (info.channels !== 1 && info.channels !== 3) {
		throw unsupported(name, `${info.channels} channels`);
	}
	return { ...imageFrom(data, info), droppedAlpha: false };
}

/** Takes the first channels of RGBA, and tells whether a pixel was transparent: GIF always decodes to four channels. */
function withoutAlpha(rgba: Uint8Array, size: Size, channels: Channels): DecodedImage {
	const samples = new Uint8Array(size.width * size.height * channels);
	let droppedAlpha = false;
	for (let at = 0, to = 0; at < rgba.length; at += 4, to += channels) {
		for (let channel = 0; channel < channels; channel++) {
			samples[to + channel] = rgba[at + channel] ?? 0;
		}
		droppedAlpha ||= rgba[at + 3] !== 255;
	}
	return { width: size.width, height: size.height, channels, samples, droppedAlpha };
}

/** sharp has one error class for all causes; the header was read before, so what fails here is the body. */
async function blame<T>(name: string, work: () => Promise<T>): Promise<T> {
	try {
		return await work();
	} catch (error) {
		if (error instanceof DataError) {
			throw error;
		}
		throw damaged(name, 'it cannot be decoded to its end', error);
	}
}

/** Encodes without loss (PNG, WebP, TIFF) or as JPEG of the given quality without chroma subsampling. */
export async function encodeCompressed(image: Image, format: CompressedFormat, quality: number): Promise<Uint8Array> {
	const raw = rawInput(image);
	switch (format) {
		case 'png':
			return await raw.png().toBuffer();
		case 'jpeg':
			return await raw.jpeg({ quality, chromaSubsampling: '4:4:4' }).toBuffer();
		case 'webp':
			return await raw.webp({ lossless: true }).toBuffer();
		case 'tiff':
			return await raw.tiff({ compression: 'deflate', predictor: 'horizontal' }).toBuffer();
	}
}

/**
 * Resamples to exactly `size`, the aspect is the caller's business.
 * Error: Lanczos 3, widened when shrinking; ringing is clamped to 0..255, results are rounded.
 */
export async function resample(image: Image, size: Size): Promise<Image> {
	const { data, info } = await rawInput(image)
		.resize(size.width, size.height, { fit: 'fill', kernel: 'lanczos3' })
		.toColourspace(image.channels === 1 ? 'b-w' : 'srgb')
		.raw({ depth: 'uchar' })
		.toBuffer({ resolveWithObject: true });
	return imageFrom(data, info);
}

/** A drawing of ours as PNG, three bytes to a pixel. Its letters need a font on this machine: see `canDrawLetters`. */
export async function renderDrawing(svg: string): Promise<Uint8Array> {
	return await sharp(Buffer.from(svg)).flatten({ background: 'white' }).png().toBuffer();
}

/** Whether this machine has a font: without one all letters of a drawing are the same box. */
export async function canDrawLetters(): Promise<boolean> {
	const drawn = ['l', 'W'].map((letter) =>
		renderDrawing(
			`<svg xmlns="http://www.w3.org/2000/svg" width="40" height="40"><text x="5" y="30" font-size="24">${letter}</text></svg>`,
		),
	);
	const [l, w] = await Promise.all(drawn);
	return Buffer.compare(l, w) !== 0;
}

function rawInput(image: Image): Sharp {
	const { width, height, channels, samples } = image;
	return sharp(samples, { raw: { width, height, channels }, limitInputPixels: false }).toColourspace(
		channels === 1 ? 'b-w' : 'srgb',
	);
}

function imageFrom(data: Uint8Array, info: RawInfo): Image {
	const channels: Channels = info.channels === 1 ? 1 : 3;
	const samples = new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
	return { width: info.width, height: info.height, channels, samples };
}
