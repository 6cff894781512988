import { crc32 } from 'node:zlib';
import { DataError } from '../errors.js';
import {
	CIPHER_MODULUS,
	checkShape,
	ciphertextCount,
	type PictureShape,
	PLAIN_MODULUS,
	RING_DEGREE,
	sampleCount,
} from './parameters.js';
import { type Kind, recordLayout, type Scheme } from './records.js';
import { VCT_VERSION } from './versions.js';

export const VCT_HEADER_BYTES = 104;
export const VCT_TRAILER_BYTES = 4;
export const ID_BYTES = 16;
export const FINGERPRINT_BYTES = 16;

const MAGIC = 'veil-vct';
const SCHEMES: readonly Scheme[] = ['symmetric', 'public-key'];
const KINDS: readonly Kind[] = ['frame', 'difference'];
const CRC_AT = VCT_HEADER_BYTES - 4;

/** What a `.vct` file says of itself, in the clear. */
export interface VctHeader {
	readonly kind: Kind;
	readonly scheme: Scheme;
	readonly shape: PictureShape;
	/** Names the key pair, not the key. */
	readonly fingerprint: Uint8Array;
	/** The frame's random id, or those of A and B of the difference A - B. */
	readonly ids: readonly Uint8Array[];
}

/** Length of the whole file. */
export function vctBytes(header: VctHeader): number {
	const { bytes } = recordLayout(header.scheme, header.kind);
	return VCT_HEADER_BYTES + ciphertextCount(header.shape) * bytes + VCT_TRAILER_BYTES;
}

/**
 * The header, 104 bytes, integers little-endian:
 *
 *    0  magic "veil-vct"       16  width u32              48  key fingerprint 16
 *    8  version u16            20  height u32             64  id of the frame, or of A 16
 *   10  kind u8: frame 1,      24  ring degree u32        80  id of B 16, zero for a frame
 *       difference 2           28  records u32            96  bytes of a record u32
 *   11  scheme u8              32  q u64                 100  CRC-32 of bytes 0..99
 *   12  channels u8, zero 3    40  t u64
 */
export function encodeVctHeader(header: VctHeader): Uint8Array {
	const bytes = new Uint8Array(VCT_HEADER_BYTES);
	const view = new DataView(bytes.buffer);
	bytes.set(new TextEncoder().encode(MAGIC));
	view.setUint16(8, VCT_VERSION, true);
	view.setUint8(10, KINDS.indexOf(header.kind) + 1);
	view.setUint8(11, SCHEMES.indexOf(header.scheme) + 1);
	view.setUint8(12, header.shape.channels);
	view.setUint32(16, header.shape.width, true);
	view.setUint32(20, header.shape.height, true);
	view.setUint32(24, RING_DEGREE, true);
	view.setUint32(28, ciphertextCount(header.shape), true);
	view.setBigUint64(32, CIPHER_MODULUS, true);
	view.setBigUint64(40, PLAIN_MODULUS, true);
	bytes.set(header.fingerprint, 48);
	for (const [i, id] of header.ids.entries()) bytes.set(id, 64 + ID_BYTES * i);
	view.setUint32(96, recordLayout(header.scheme, header.kind).bytes, true);
	view.setUint32(CRC_AT, crc32(bytes.subarray(0, CRC_AT)), true);
	return bytes;
}

/**
 * Reads a header; `name` stands in the messages.
 * Throws: DataError for a foreign, future, damaged or truncated one, and for other parameters.
 */
export function decodeVctHeader(bytes: Uint8Array, name: string): VctHeader {
	const refuse = (code: string, why: string, hint?: string): DataError =>
		new DataError(code, `${name}: ${why}`, hint === undefined ? {} : { hint });
	const magic = new TextDecoder('latin1').decode(bytes.subarray(0, MAGIC.length));
	if (bytes.length === 0) throw refuse('empty-file', 'is empty');
	if (!MAGIC.startsWith(magic)) {
		throw refuse('not-a-vct', 'is not an encrypted picture', 'Give a file made by veilcam encrypt or subtract.');
	}
	if (bytes.length < VCT_HEADER_BYTES) throw truncated(name, bytes.length, VCT_HEADER_BYTES);
	const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
	const version = view.getUint16(8, true);
	if (version > VCT_VERSION) {
		throw refuse('future-vct', `has version ${version}, this veilcam reads ${VCT_VERSION}`, 'Install a newer veilcam.');
	}
	if (view.getUint32(CRC_AT, true) !== crc32(bytes.subarray(0, CRC_AT))) {
		throw refuse('damaged-vct', 'its header is damaged', 'Get the file again.');
	}
	const kind = KINDS[view.getUint8(10) - 1];
	const scheme = SCHEMES[view.getUint8(11) - 1];
	if (version !== VCT_VERSION || kind === undefined || scheme === undefined) {
		throw refuse('unknown-vct', 'is of a kind or scheme that this veilcam does not know', 'Install a newer veilcam.');
	}
	const channels = view.getUint8(12);
	const shape = {
		width: view.getUint32(16, true),
		height: view.getUint32(20, true),
		channels: channels === 3 ? 3 : 1,
	} as const;
	checkShape(shape, name);
	const header: VctHeader = {
		kind,
		scheme,
		shape,
		fingerprint: bytes.slice(48, 48 + FINGERPRINT_BYTES),
		ids: Array.from({ length: kind === 'frame' ? 1 : 2 }, (_, i) => bytes.slice(64 + 16 * i, 80 + 16 * i)),
	};
	// one way to write a header: what differs has other parameters, or fields that mean nothing here
	if (encodeVctHeader(header).some((byte, i) => byte !== bytes[i])) {
		throw refuse('other-parameters', 'was encrypted with parameters that this veilcam does not use');
	}
	return header;
}

/** What a file ends with: the CRC-32 of its records. */
export function encodeVctTrailer(checksum: number): Uint8Array {
	const trailer = new Uint8Array(VCT_TRAILER_BYTES);
	new DataView(trailer.buffer).setUint32(0, checksum, true);
	return trailer;
}

/** Throws by return: the error for a file that ends early. */
export function truncated(name: string, gotBytes: number, expectedBytes: number): DataError {
	return new DataError('truncated-vct', `${name}: is truncated, ${gotBytes} of ${expectedBytes} bytes`, {
		hint: 'Get the file again.',
	});
}

/** For messages: "640x480 rgb". */
export function describeShape({ width, height, channels }: PictureShape): string {
	return `${width}x${height} ${channels === 1 ? 'gray' : 'rgb'}`;
}

/** Bytes of a file for each sample of its picture. */
export function bytesPerSample(header: VctHeader): number {
	return vctBytes(header) / sampleCount(header.shape);
}

export function toHex(bytes: Uint8Array): string {
	return Buffer.from(bytes).toString('hex');
}
