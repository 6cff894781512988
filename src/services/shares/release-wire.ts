import { PeerError } from '../../core/errors.js';
import type { ReleaseShare } from './run-release.js';

/** What the front reads of one party's answer. */
export interface OpenedRelease {
	readonly batch: number;
	readonly count: number;
	/** Of each party's noise; null in an exact release. */
	readonly partySigma: number | null;
	readonly rho: number;
	readonly sumMs: number;
	readonly width: number;
	readonly planes: Uint8Array;
}

const HEAD_LENGTH_BYTES = 4;
const MAX_HEAD_BYTES = 4096;

//       0      4  length of the head, little-endian
//       4      n  head in JSON
//     4+n      …  planes, lowest first
export function encodeReleaseShare({ batch, count, planes, noise, sumMs }: ReleaseShare): Buffer {
	const { partySigma = null, rho = 0 } = noise ?? {};
	const head = Buffer.from(JSON.stringify({ batch, count, partySigma, rho, sumMs, width: planes.length }));
	const length = Buffer.alloc(HEAD_LENGTH_BYTES);
	length.writeUInt32LE(head.length);
	return Buffer.concat([length, head, ...planes]);
}

/** Throws: PeerError for anything else than `encodeReleaseShare` writes. */
export function decodeReleaseShare(body: Uint8Array, rowBytes: number): OpenedRelease {
	const refuse = (cause?: unknown): PeerError =>
		new PeerError('bad-release', 'the answer is no share of a release', { cause });
	const length = body.length < HEAD_LENGTH_BYTES ? 0 : new DataView(body.buffer, body.byteOffset).getUint32(0, true);
	const end = HEAD_LENGTH_BYTES + length;
	if (length === 0 || length > MAX_HEAD_BYTES || end > body.length) throw refuse();
	let fields: Record<string, unknown>;
	try {
		fields = Object.assign({}, JSON.parse(Buffer.from(body.subarray(HEAD_LENGTH_BYTES, end)).toString('utf8')));
	} catch (cause) {
		throw refuse(cause);
	}
	const { batch, count, partySigma, rho, sumMs, width } = fields;
	if (!isCount(batch) || !isCount(count) || !isCount(width) || width > 53 || typeof rho !== 'number') throw refuse();
	if (!(partySigma === null || typeof partySigma === 'number') || typeof sumMs !== 'number') throw refuse();
	if (body.length !== end + width * rowBytes) throw refuse();
	return { batch, count, partySigma, rho, sumMs, width, planes: body.subarray(end) };
}

function isCount(value: unknown): value is number {
	return typeof value === 'number' && Number.isSafeInteger(value) && value >= 1;
}
