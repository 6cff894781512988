import { crc32 } from 'node:zlib';
import { DataError } from '../../errors.js';
import type { Size } from '../../image/image.js';
import type { PictureShape } from '../parameters.js';
import { FINGERPRINT_BYTES, ID_BYTES, truncated, VCT_TRAILER_BYTES } from '../vct-header.js';
import { MOTION_VERSION } from '../versions.js';
import {
	EVALUATION_KEY_BYTES,
	FRAME_RECORD_BYTES,
	MOTION_DEGREE,
	type MotionPlan,
	motionCiphertexts,
	planMotion,
	SCORE_RECORD_BYTES,
} from './parameters.js';

export const MOTION_HEADER_BYTES = 104;
export const MOTION_MAGIC = 'veil-mot';

const KINDS = ['frame', 'score'] as const;
export type MotionKind = (typeof KINDS)[number];

/** What a file for motion scores says of itself, in the clear. */
export interface MotionHeader {
	readonly kind: MotionKind;
	readonly shape: PictureShape;
	/** Pixels of a block. */
	readonly block: Size;
	/** Names the key pair, not the key. */
	readonly fingerprint: Uint8Array;
	/** The frame's random id, or those of A and B. */
	readonly ids: readonly Uint8Array[];
}

/** Lengths of the records: a frame's evaluation key and ciphertexts, or one ciphertext per group of a score. */
export function recordLengths(kind: MotionKind, plan: MotionPlan): number[] {
	if (kind === 'score') return new Array<number>(plan.groups).fill(SCORE_RECORD_BYTES);
	return [EVALUATION_KEY_BYTES, ...new Array<number>(motionCiphertexts(plan)).fill(FRAME_RECORD_BYTES)];
}

/** Length of the whole file. */
export function motionBytes(kind: MotionKind, plan: MotionPlan): number {
	return recordLengths(kind, plan).reduce((sum, length) => sum + length, MOTION_HEADER_BYTES + VCT_TRAILER_BYTES);
}

/**
 * The header, 104 bytes, integers little-endian:
 *
 *    0  magic "veil-mot"        20  width of a block u32     48  key fingerprint 16
 *    8  version u16             24  height of a block u32    64  id of the frame, or of A 16
 *   10  kind u8: frame 1,       28  ring degree u32          80  id of B 16, zero for a frame
 *       score 2                 32  records u32              96  zero 4
 *   11  channels u8             36  cells of a block u32    100  CRC-32 of bytes 0..99
 *   12  width u32, height u32   40  plaintext modulus u64
 */
export function encodeMotionHeader({ kind, shape, block, fingerprint, ids }: MotionHeader): Uint8Array {
	const plan = planMotion(shape, block, 'header');
	const bytes = new Uint8Array(MOTION_HEADER_BYTES);
	const view = new DataView(bytes.buffer);
	bytes.set(new TextEncoder().encode(MOTION_MAGIC));
	view.setUint16(8, MOTION_VERSION, true);
	view.setUint8(10, KINDS.indexOf(kind) + 1);
	view.setUint8(11, shape.channels);
	const numbers = [shape.width, shape.height, block.width, block.height, MOTION_DEGREE];
	for (const [i, number] of [...numbers, recordLengths(kind, plan).length, plan.parts].entries()) {
		view.setUint32(12 + 4 * i, number, true);
	}
	view.setBigUint64(40, plan.plainModulus, true);
	bytes.set(fingerprint, 48);
	for (const [i, id] of ids.entries()) bytes.set(id, 64 + ID_BYTES * i);
	view.setUint32(100, crc32(bytes.subarray(0, 100)), true);
	return bytes;
}

/**
 * Reads a header; `name` stands in the messages.
 * Throws: DataError for a foreign, future, damaged or truncated one, and for parameters that do not follow from its size.
 */
export function decodeMotionHeader(bytes: Uint8Array, name: string): MotionHeader & { readonly plan: MotionPlan } {
	const refuse = (code: string, why: string, hint: string): DataError =>
		new DataError(code, `${name}: ${why}`, { hint });
	const again = 'Get the file again.';
	const magic = new TextDecoder('latin1').decode(bytes.subarray(0, MOTION_MAGIC.length));
	if (bytes.length === 0) throw refuse('empty-file', 'is empty', again);
	if (!MOTION_MAGIC.startsWith(magic)) {
		throw refuse('not-for-motion', 'was not encrypted for motion', 'Encrypt it with --key and --blocks.');
	}
	if (bytes.length < MOTION_HEADER_BYTES) throw truncated(name, bytes.length, MOTION_HEADER_BYTES);
	const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
	const version = view.getUint16(8, true);
	if (version > MOTION_VERSION) {
		const why = `has version ${version}, this veilcam reads ${MOTION_VERSION}`;
		throw refuse('future-motion', why, 'Install a newer veilcam.');
	}
	if (view.getUint32(100, true) !== crc32(bytes.subarray(0, 100))) {
		throw refuse('damaged-motion', 'its header is damaged', again);
	}
	const kind = KINDS[view.getUint8(10) - 1];
	if (version !== MOTION_VERSION || kind === undefined) {
		throw refuse('unknown-motion', 'is of a kind that this veilcam does not know', 'Install a newer veilcam.');
	}
	const [width, height, blockWidth, blockHeight] = [12, 16, 20, 24].map((at) => view.getUint32(at, true));
	const header: MotionHeader = {
		kind,
		shape: { width, height, channels: view.getUint8(11) === 3 ? 3 : 1 },
		block: { width: blockWidth, height: blockHeight },
		fingerprint: bytes.slice(48, 48 + FINGERPRINT_BYTES),
		ids: Array.from({ length: kind === 'frame' ? 1 : 2 }, (_, i) => bytes.slice(64 + 16 * i, 80 + 16 * i)),
	};
	const plan = planMotion(header.shape, header.block, name);
	// one way to write a header: what differs has other parameters, or fields that mean nothing here
	if (encodeMotionHeader(header).some((byte, i) => byte !== bytes[i])) {
		throw refuse('other-parameters', 'has parameters that this veilcam does not use', 'Encrypt the pictures again.');
	}
	return { ...header, plan };
}
