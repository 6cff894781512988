import { DataError } from '../errors.js';
import type { SniffedFormat } from './sniff.js';

/** Most pixels that a picture may have; decided from its header, before anything of that size is allocated. */
export const MAX_PIXELS = 100_000_000;

const READABLE = 'veilcam reads JPEG, PNG, WebP, TIFF, AVIF, still GIF, and PGM or PPM';

/** The file holds no bytes. */
export function emptyFile(name: string): DataError {
	return new DataError('empty-file', `${name}: the file is empty`, { hint: 'give a file that holds a picture' });
}

/** The first bytes name nothing that is read, or something that is refused. */
export function notReadable(name: string, format: Exclude<SniffedFormat, 'jpeg'>): DataError {
	switch (format) {
		case 'heic':
			return new DataError('heic-picture', `${name}: HEIC pictures are not read`, {
				hint: 'convert it first: heif-convert in.heic out.jpg (Debian: apt-get install libheif-examples), or on macOS: sips -s format jpeg in.heic --out out.jpg',
			});
		case 'svg':
			return new DataError('svg-picture', `${name}: SVG is a drawing, not a picture of pixels`, {
				hint: 'render it to PNG first: rsvg-convert in.svg -o out.png',
			});
		case 'pdf':
			return new DataError('pdf-document', `${name}: PDF is a document, not a picture`, {
				hint: 'render a page to PNG first: pdftoppm -png -singlefile in.pdf out',
			});
		default:
			return new DataError('not-a-picture', `${name}: not a picture`, { hint: READABLE });
	}
}

/** More frames than one. */
export function animated(name: string): DataError {
	return new DataError('animated-picture', `${name}: an animated picture, expected a single frame`, {
		hint: 'extract its frames first: ffmpeg -i in.gif frame-%04d.png',
	});
}

/** The file ends early. */
export function truncated(name: string, cause?: unknown): DataError {
	return new DataError('truncated-picture', `${name}: truncated picture, the file ends early`, {
		hint: 'copy or download it again',
		cause,
	});
}

/** The file has the right beginning and a wrong rest. */
export function damaged(name: string, what: string, cause?: unknown): DataError {
	return new DataError('damaged-picture', `${name}: damaged picture, ${what}`, {
		hint: 'copy or download it again, or save it anew with a picture editor',
		cause,
	});
}

/** A readable format with contents that are not pictures for people: float samples, many bands. */
export function unsupported(name: string, what: string): DataError {
	return new DataError(
		'unsupported-picture',
		`${name}: a picture with ${what}, expected 8 or 16 bits, gray or colour`,
		{
			hint: 'convert it to PNG first',
		},
	);
}

/**
 * Refuses a size over `MAX_PIXELS`, and a side of 0.
 * Throws: DataError `picture-too-large` or `damaged-picture`.
 */
export function checkPixels(name: string, width: number, height: number): void {
	if (width * height > MAX_PIXELS) {
		throw new DataError(
			'picture-too-large',
			`${name}: ${width}x${height} is over the limit of ${MAX_PIXELS / 1e6} megapixels`,
			{ hint: 'make it smaller first' },
		);
	}
	if (!(width >= 1 && height >= 1)) {
		throw damaged(name, `its size says ${width}x${height}`);
	}
}
