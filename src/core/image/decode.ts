import { type DecodedImage, decodeCompressed } from './codec.js';
import { toChannels } from './colour.js';
import type { Channels } from './image.js';
import { decodePnm } from './pnm.js';
import { emptyFile, notReadable } from './refusals.js';
import { sniffFormat } from './sniff.js';

export interface DecodeOptions {
	/** 1 = gray, 3 = RGB; otherwise gray pictures stay gray and all others become RGB. */
	readonly channels?: Channels | undefined;
}

/**
 * Decodes JPEG, PNG, WebP, TIFF, AVIF, still GIF, PGM and PPM, upright by the EXIF orientation.
 * `name` stands in the messages. Transparency is left out, and `droppedAlpha` says so.
 * Throws: DataError `empty-file`, `not-a-picture`, `heic-picture`, `svg-picture`, `pdf-document`, `animated-picture`,
 * `picture-too-large`, `truncated-picture`, `damaged-picture`,
 * `unsupported-picture`.
 */
export async function decodeImage(bytes: Uint8Array, name: string, options: DecodeOptions = {}): Promise<DecodedImage> {
	if (bytes.length === 0) {
		throw emptyFile(name);
	}
	const format = sniffFormat(bytes);
	switch (format) {
		case 'heic':
		case 'svg':
		case 'pdf':
		case 'unknown':
			throw notReadable(name, format);
		case 'pnm':
			return { ...toChannels(decodePnm(bytes, name), options.channels), droppedAlpha: false };
		default: {
			const decoded = await decodeCompressed(bytes, name, format);
			return { ...toChannels(decoded, options.channels), droppedAlpha: decoded.droppedAlpha };
		}
	}
}
