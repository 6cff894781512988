/** What the first bytes of a file say it is. The readable ones are `PictureFormat`; the others are refused by name. */
export type PictureFormat = 'jpeg' | 'png' | 'webp' | 'tiff' | 'gif' | 'avif' | 'pnm';
export type SniffedFormat = PictureFormat | 'heic' | 'svg' | 'pdf' | 'unknown';

/** Bytes of a file that `sniffFormat` looks at. */
export const SNIFF_BYTES = 4096;

const HEIC_BRANDS = new Set(['heic', 'heix', 'heim', 'heis', 'hevc', 'hevx', 'hevm', 'hevs', 'mif1', 'msf1']);
const AVIF_BRANDS = new Set(['avif', 'avis']);

/** ASCII of a byte range; bytes past the end are left out. */
export function asciiAt(bytes: Uint8Array, start: number, length: number): string {
	return String.fromCharCode(...bytes.subarray(start, start + length));
}

/** The brands of an ISO base media file: the major one first, then the compatible ones (ISO/IEC 14496-12, 4.3). */
export function mediaBrands(bytes: Uint8Array): readonly string[] {
	if (bytes.length < 16 || asciiAt(bytes, 4, 4) !== 'ftyp') {
		return [];
	}
	const boxBytes = new DataView(bytes.buffer, bytes.byteOffset).getUint32(0);
	const brands = [asciiAt(bytes, 8, 4)];
	for (let at = 16; at + 4 <= Math.min(boxBytes, bytes.length); at += 4) {
		brands.push(asciiAt(bytes, at, 4));
	}
	return brands;
}

/**
 * Names the format of a file by its first bytes, never by its extension.
 * What it does not know never reaches the decoders, so a document in disguise runs no document parser.
 */
export function sniffFormat(bytes: Uint8Array): SniffedFormat {
	const head = asciiAt(bytes, 0, 12);
	if (head.startsWith('\xff\xd8\xff')) {
		return 'jpeg';
	}
	if (head.startsWith('\x89PNG\r\n\x1a\n')) {
		return 'png';
	}
	if (head.startsWith('GIF87a') || head.startsWith('GIF89a')) {
		return 'gif';
	}
	if (head.startsWith('RIFF') && head.slice(8) === 'WEBP') {
		return 'webp';
	}
	if (/^(II[*+]\0|MM\0[*+])/.test(head)) {
		return 'tiff';
	}
	if (/^P[2356][\s#]/.test(head)) {
		return 'pnm';
	}
	return sniffContainer(bytes);
}

function sniffContainer(bytes: Uint8Array): SniffedFormat {
	const brands = mediaBrands(bytes);
	if (brands.some((brand) => AVIF_BRANDS.has(brand))) {
		return 'avif';
	}
	if (brands.some((brand) => HEIC_BRANDS.has(brand))) {
		return 'heic';
	}
	const text = asciiAt(bytes, 0, SNIFF_BYTES);
	if (text.slice(0, 1024).includes('%PDF-')) {
		return 'pdf';
	}
	return /^(\xef\xbb\xbf)?\s*<(\?xml|!--|!DOCTYPE svg|svg)/i.test(text) && /<svg[\s/>]/i.test(text) ? 'svg' : 'unknown';
}
