import { asciiAt, mediaBrands, type PictureFormat } from './sniff.js';

/** What the skeleton of a compressed file tells without decoding a sample. */
export interface Structure {
	/** The file ends before its format says that it may. False where the format does not tell cheaply. */
	readonly truncated: boolean;
	readonly animated: boolean;
	/** From the header; null where only the decoder's own header reader tells. */
	readonly size: { readonly width: number; readonly height: number } | null;
}

const UNTOLD: Structure = { truncated: false, animated: false, size: null };

/** Walks the segments, chunks or boxes of a file. Time: linear in the bytes; allocates nothing of the picture's size. */
export function readStructure(bytes: Uint8Array, format: PictureFormat): Structure {
	const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
	switch (format) {
		case 'jpeg':
			return { ...UNTOLD, truncated: !reachesJpegEnd(view) };
		case 'png':
			return readPng(bytes, view);
		case 'gif':
			return readGif(view);
		case 'webp':
			return { ...UNTOLD, truncated: bytes.length < 12 || view.getUint32(4, true) + 8 > bytes.length };
		case 'avif':
			return { ...UNTOLD, truncated: !boxesFit(view), animated: mediaBrands(bytes)[0] === 'avis' };
		case 'tiff':
		case 'pnm':
			return UNTOLD;
	}
}

/** Finds EOI by walking marker segments (ITU-T T.81, B.1), so the end of an embedded thumbnail is not taken for it. */
function reachesJpegEnd(view: DataView): boolean {
	let at = 2;
	while (at + 2 <= view.byteLength) {
		if (view.getUint8(at) !== 0xff) {
			at += 1;
			continue;
		}
		const marker = view.getUint8(at + 1);
		if (marker === 0xd9) {
			return true;
		}
		const standsAlone = marker <= 0x01 || (marker >= 0xd0 && marker <= 0xd8);
		if (marker === 0xff) {
			at += 1;
		} else if (standsAlone) {
			at += 2;
		} else if (at + 4 <= view.byteLength) {
			at += 2 + Math.max(2, view.getUint16(at + 2));
		} else {
			return false;
		}
	}
	return false;
}

/** Chunks up to IEND; an `acTL` chunk makes a PNG an animation (PNG specification, third edition, 11.3.4.1). */
function readPng(bytes: Uint8Array, view: DataView): Structure {
	const size = view.byteLength >= 24 ? { width: view.getUint32(16), height: view.getUint32(20) } : null;
	let animated = false;
	for (let at = 8; at + 12 <= view.byteLength; at += 12 + view.getUint32(at)) {
		const type = asciiAt(bytes, at + 4, 4);
		animated ||= type === 'acTL';
		if (type === 'IEND') {
			return { truncated: false, animated, size };
		}
	}
	return { truncated: true, animated, size };
}

/** Blocks up to the trailer; two image descriptors make an animation (GIF89a, section 20). */
function readGif(view: DataView): Structure {
	if (view.byteLength < 13) {
		return { ...UNTOLD, truncated: true };
	}
	const size = { width: view.getUint16(6, true), height: view.getUint16(8, true) };
	let frames = 0;
	let at = 13 + colourTableBytes(view.getUint8(10));
	while (at < view.byteLength) {
		const block = view.getUint8(at);
		if (block === 0x3b) {
			return { truncated: false, animated: frames > 1, size };
		}
		if (block === 0x2c && at + 10 < view.byteLength) {
			frames += 1;
			at = afterSubBlocks(view, at + 11 + colourTableBytes(view.getUint8(at + 9)));
		} else if (block === 0x21) {
			at = afterSubBlocks(view, at + 2);
		} else {
			break;
		}
	}
	return { truncated: true, animated: frames > 1, size };
}

function colourTableBytes(packedFlags: number): number {
	return (packedFlags & 0x80) === 0 ? 0 : 3 * 2 ** ((packedFlags & 0x07) + 1);
}

function afterSubBlocks(view: DataView, start: number): number {
	let at = start;
	while (at < view.byteLength && view.getUint8(at) !== 0) {
		at += 1 + view.getUint8(at);
	}
	return at + 1;
}

/** Do the top-level boxes end where the file ends? Size 0 means "to the end", 1 means a 64-bit size (ISO/IEC 14496-12, 4.2). */
function boxesFit(view: DataView): boolean {
	let at = 0;
	while (at + 8 <= view.byteLength) {
		const short = view.getUint32(at);
		if (short === 0) {
			return true;
		}
		if (short === 1 && at + 16 > view.byteLength) {
			return false;
		}
		const boxBytes = short === 1 ? Number(view.getBigUint64(at + 8)) : short;
		if (boxBytes < 8) {
			return false;
		}
		at += boxBytes;
	}
	return at === view.byteLength;
}
