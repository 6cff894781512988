import { DataError } from '../../core/errors.js';
import type { Words } from '../../core/kernels/ring.js';
import type { OpenedShare } from '../../core/mpc/steps/open-to-client.js';
import type { InputComponent, InputShare } from '../../core/mpc/steps/share-input.js';

/** What a client uploads to one party. */
export interface JobUpload {
	/** As `encodeProgram` wrote it: the same bytes for all three parties. */
	readonly program: string;
	readonly input: InputShare;
	/** One array per layer, weights then bias: the same for all parties, or shares. */
	readonly weights:
		| { readonly kind: 'public'; readonly values: Words }
		| { readonly kind: 'secret'; readonly share: InputShare };
}

//  A message is a head in JSON, then its parts one after the other:
//       0      4  length of the head, little-endian
//       4      n  head: {"parts":[{"name","bytes"}, …], …}
//    4+n      …  parts, each padded with zeros to a multiple of four bytes
// Words of 32 bits are parts "… words", words of 64 bits "… words64".
/** Sixteen parts with names of ours need a tenth of it. */
const MAX_HEAD_BYTES = 16 * 1024;
/** Longest text of a program that a party reads. */
const MAX_PROGRAM_BYTES = 4 * 1024 * 1024;

interface Part {
	readonly name: string;
	readonly bytes: Uint8Array;
}

export function encodeJob({ program, input, weights }: JobUpload): Buffer {
	return encodeParts([
		{ name: 'program', bytes: Buffer.from(program) },
		...shareParts('input', input),
		...(weights.kind === 'public' ? [wordsPart('weights', weights.values)] : shareParts('weights', weights.share)),
	]);
}

/** Throws: DataError for anything else than `encodeJob` writes. */
export function decodeJob(body: Uint8Array): JobUpload {
	const parts = decodeParts(body);
	const values = wordsOf(parts, 'weights');
	const program = partOf(parts, 'program');
	if (program.length > MAX_PROGRAM_BYTES) throw new DataError('bad-job', 'the program is too long');
	return {
		program: Buffer.from(program).toString('utf8'),
		input: shareOf(parts, 'input'),
		weights: values === undefined ? { kind: 'secret', share: shareOf(parts, 'weights') } : { kind: 'public', values },
	};
}

/** What a party answers: its share of the result, and what it counted. */
export interface JobResult {
	readonly opened: OpenedShare;
	readonly ms: number;
	readonly bytesSent: number;
	readonly rounds: number;
}

export function encodeResult({ opened, ms, bytesSent, rounds }: JobResult): Buffer {
	return encodeParts([
		{ name: 'counts', bytes: Buffer.from(JSON.stringify({ ms, bytesSent, rounds })) },
		wordsPart('opened', opened.words),
		...(opened.secondHash === undefined ? [] : [{ name: 'secondHash', bytes: opened.secondHash }]),
	]);
}

/** Throws: DataError for anything else than `encodeResult` writes. */
export function decodeResult(body: Uint8Array): JobResult {
	const parts = decodeParts(body);
	const secondHash = parts.get('secondHash');
	const words = wordsOf(parts, 'opened');
	if (words === undefined) throw new DataError('bad-job', 'the message has no words of the result');
	const counts: Record<string, unknown> = JSON.parse(Buffer.from(partOf(parts, 'counts')).toString('utf8'));
	return {
		opened: secondHash === undefined ? { words } : { words, secondHash },
		ms: Number(counts.ms),
		bytesSent: Number(counts.bytesSent),
		rounds: Number(counts.rounds),
	};
}

function shareParts(name: string, share: InputShare): Part[] {
	const part = (which: string, component: InputComponent): Part =>
		'seed' in component
			? { name: `${name} ${which} seed`, bytes: component.seed }
			: wordsPart(`${name} ${which}`, component.words);
	return [part('first', share.first), part('second', share.second)];
}

function shareOf(parts: ReadonlyMap<string, Uint8Array>, name: string): InputShare {
	const component = (which: string): InputComponent => {
		const seed = parts.get(`${name} ${which} seed`);
		const words = wordsOf(parts, `${name} ${which}`);
		if (words !== undefined) return { words };
		if (seed === undefined) throw new DataError('bad-job', `the message has no part "${name} ${which}"`);
		if (seed.length !== 16) throw new DataError('bad-job', `${name}: a seed has 16 bytes`);
		return { seed: Uint8Array.from(seed) };
	};
	return { first: component('first'), second: component('second') };
}

function encodeParts(parts: readonly Part[]): Buffer {
	const head = Buffer.from(JSON.stringify({ parts: parts.map(({ name, bytes }) => ({ name, bytes: bytes.length })) }));
	const pieces: Uint8Array[] = [Buffer.alloc(4), head, Buffer.alloc(-head.length & 3)];
	new DataView(pieces[0].buffer, pieces[0].byteOffset).setUint32(0, head.length, true);
	for (const { bytes } of parts) pieces.push(bytes, Buffer.alloc(-bytes.length & 3));
	return Buffer.concat(pieces);
}

function decodeParts(body: Uint8Array): Map<string, Uint8Array> {
	const refuse = (cause?: unknown): DataError =>
		new DataError('bad-job', 'the message is cut off or damaged', { cause });
	if (body.length < 4) throw refuse();
	const headLength = new DataView(body.buffer, body.byteOffset).getUint32(0, true);
	if (headLength > Math.min(MAX_HEAD_BYTES, body.length - 4)) throw refuse();
	let listed: unknown;
	try {
		listed = Object.assign(
			{ parts: undefined },
			JSON.parse(Buffer.from(body.subarray(4, 4 + headLength)).toString('utf8')),
		).parts;
	} catch (cause) {
		throw refuse(cause);
	}
	if (!Array.isArray(listed) || listed.length > 16) throw refuse();
	const parts = new Map<string, Uint8Array>();
	let at = 4 + headLength + (-headLength & 3);
	for (const entry of listed) {
		const { name, bytes } = Object.assign({ name: undefined, bytes: undefined }, entry);
		const length = Number(bytes);
		if (typeof name !== 'string' || !Number.isInteger(length) || length < 0 || length > body.length - at)
			throw refuse();
		parts.set(name, body.subarray(at, at + length));
		at += length + (-length & 3);
	}
	if (at !== body.length) throw refuse();
	return parts;
}

function partOf(parts: ReadonlyMap<string, Uint8Array>, name: string): Uint8Array {
	const part = parts.get(name);
	if (part === undefined) throw new DataError('bad-job', `the message has no part "${name}"`);
	return part;
}

function wordsPart(name: string, words: Words): Part {
	const bytes = new Uint8Array(words.buffer, words.byteOffset, words.byteLength);
	return { name: `${name} ${words instanceof BigInt64Array ? 'words64' : 'words'}`, bytes };
}

/**
 * Words lie little-endian on the wire, as typed arrays hold them on every platform that Node runs on. They are read where
 * they lie if they lie on whole words, and copied otherwise.
 */
function wordsOf(parts: ReadonlyMap<string, Uint8Array>, name: string): Words | undefined {
	const narrow = parts.get(`${name} words`);
	const bytes = narrow ?? parts.get(`${name} words64`);
	if (bytes === undefined) return undefined;
	const wordBytes = narrow === undefined ? 8 : 4;
	if (bytes.length % wordBytes !== 0) throw new DataError('bad-job', `${name}: expected ${wordBytes} bytes each`);
	const { buffer, byteOffset } = bytes.byteOffset % wordBytes === 0 ? bytes : Uint8Array.from(bytes);
	const count = bytes.length / wordBytes;
	return narrow === undefined
		? new BigInt64Array(buffer, byteOffset, count)
		: new Int32Array(buffer, byteOffset, count);
}
