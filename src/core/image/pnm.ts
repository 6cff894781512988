import type { Image } from './image.js';
import { checkPixels, damaged, truncated } from './refusals.js';

interface Header {
	readonly ascii: boolean;
	readonly channels: 1 | 3;
	readonly width: number;
	readonly height: number;
	readonly maxval: number;
	/** Where the raster begins. */
	readonly bodyAt: number;
}

const SPACE = new Set([0x20, 0x09, 0x0a, 0x0b, 0x0c, 0x0d]);
const HASH = 0x23;

/**
 * Reads PGM and PPM, plain (P2, P3) and raw (P5, P6), one picture per file.
 * Unit and range: levels 0..maxval become round(255 v / maxval), maxval 1..65535, two bytes big-endian above 255.
 * Throws: DataError when the size is refused, the raster is shorter than the header says, or anything but space follows it.
 * Source: Netpbm, pgm(5) and ppm(5).
 */
export function decodePnm(bytes: Uint8Array, name: string): Image {
	const header = readHeader(bytes, name);
	const { width, height, channels, maxval, ascii, bodyAt } = header;
	checkPixels(name, width, height);
	const count = width * height * channels;
	const bytesPerSample = maxval > 255 ? 2 : 1;
	// A plain sample takes a digit and a separator: the file must be this long before anything is allocated.
	const leastBytes = ascii ? 2 * count - 1 : count * bytesPerSample;
	if (bytes.length - bodyAt < leastBytes) {
		throw truncated(name);
	}
	const samples = new Uint8Array(count);
	const end = ascii
		? readPlainInto(samples, bytes, bodyAt, maxval, name)
		: readRawInto(samples, bytes, bodyAt, maxval, name);
	if (bytes.subarray(end).some((byte) => !SPACE.has(byte))) {
		throw damaged(name, `${bytes.length - end} bytes follow its last sample (one picture per file)`);
	}
	return { width, height, channels, samples };
}

function readHeader(bytes: Uint8Array, name: string): Header {
	const kind = (bytes[1] ?? 0) - 0x30;
	const cursor = { at: 2 };
	const width = readNumber(bytes, cursor, name, 'width');
	const height = readNumber(bytes, cursor, name, 'height');
	const maxval = readNumber(bytes, cursor, name, 'maxval');
	if (maxval < 1 || maxval > 65_535) {
		throw damaged(name, `its maxval is ${maxval}, expected 1..65535`);
	}
	if (!SPACE.has(bytes[cursor.at] ?? 0)) {
		throw damaged(name, 'no space follows its maxval');
	}
	const channels = kind === 3 || kind === 6 ? 3 : 1;
	return { ascii: kind < 4, channels, width, height, maxval, bodyAt: cursor.at + 1 };
}

/** Reads one decimal number after space and comments, and moves the cursor behind it. */
function readNumber(bytes: Uint8Array, cursor: { at: number }, name: string, what: string): number {
	for (let byte = bytes[cursor.at]; byte !== undefined; byte = bytes[cursor.at]) {
		if (byte === HASH) {
			const lineEnd = bytes.indexOf(0x0a, cursor.at);
			cursor.at = lineEnd < 0 ? bytes.length : lineEnd;
		} else if (!SPACE.has(byte)) {
			break;
		} else {
			cursor.at += 1;
		}
	}
	const start = cursor.at;
	let value = 0;
	for (let digit = digitAt(bytes, cursor.at); digit !== null; digit = digitAt(bytes, cursor.at)) {
		value = value * 10 + digit;
		cursor.at += 1;
		if (cursor.at - start > 9) {
			throw damaged(name, `its ${what} has more than 9 digits`);
		}
	}
	if (cursor.at === start) {
		throw start >= bytes.length ? truncated(name) : damaged(name, `its ${what} is not a number`);
	}
	return value;
}

function digitAt(bytes: Uint8Array, at: number): number | null {
	const byte = bytes[at] ?? 0;
	return byte >= 0x30 && byte <= 0x39 ? byte - 0x30 : null;
}

function readPlainInto(samples: Uint8Array, bytes: Uint8Array, start: number, maxval: number, name: string): number {
	const cursor = { at: start };
	for (let i = 0; i < samples.length; i++) {
		samples[i] = scaled(readNumber(bytes, cursor, name, `sample ${i}`), maxval, name);
	}
	return cursor.at;
}

function readRawInto(samples: Uint8Array, bytes: Uint8Array, start: number, maxval: number, name: string): number {
	const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
	const wide = maxval > 255;
	for (let i = 0; i < samples.length; i++) {
		const value = wide ? view.getUint16(start + 2 * i) : view.getUint8(start + i);
		samples[i] = scaled(value, maxval, name);
	}
	return start + samples.length * (wide ? 2 : 1);
}

function scaled(value: number, maxval: number, name: string): number {
	if (value > maxval) {
		throw damaged(name, `a sample is ${value}, over its maxval ${maxval}`);
	}
	return maxval === 255 ? value : Math.floor((value * 255 + (maxval >> 1)) / maxval);
}

/** Writes raw PGM (gray) or PPM (RGB), maxval 255. */
export function encodePnm(image: Image): Uint8Array {
	const header = new TextEncoder().encode(`P${image.channels === 1 ? 5 : 6}\n${image.width} ${image.height}\n255\n`);
	const bytes = new Uint8Array(header.length + image.samples.length);
	bytes.set(header);
	bytes.set(image.samples, header.length);
	return bytes;
}
