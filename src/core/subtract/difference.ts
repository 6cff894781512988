import { DataError } from '../errors.js';
import type { DifferenceKernel } from '../kernels/difference.js';
import { createWasmDifference } from '../kernels/difference-wasm.js';
import { PUBLIC_FIRST_WORD, SEEDED_WORD } from './parameters.js';
import { PUBLIC_DIFFERENCE, PUBLIC_FRAME, SYMMETRIC_DIFFERENCE, SYMMETRIC_FRAME, splitRecord } from './records.js';
import { putTag, readTag, subtractTags } from './tags.js';
import { describeShape, toHex, type VctHeader } from './vct-header.js';
import type { VctStream } from './vct-stream.js';

/** Makes the records of A - B from those of A and B: whole numbers, no key, nothing of SEAL. Used by one thread. */
export interface RecordSubtractor {
	/**
	 * One record of the difference; it is new.
	 * Throws: DataError when a word or a tag is out of its range, or both were made from one seed.
	 */
	subtract(scheme: VctHeader['scheme'], a: Uint8Array, b: Uint8Array): Uint8Array;
}

export async function createRecordSubtractor(): Promise<RecordSubtractor> {
	const kernel = await createWasmDifference();
	return {
		subtract: (scheme, a, b) => (scheme === 'symmetric' ? symmetric(kernel, a, b) : publicKey(kernel, a, b)),
	};
}

function symmetric(kernel: DifferenceKernel, a: Uint8Array, b: Uint8Array): Uint8Array {
	const [seedA, , wordsA] = splitRecord(a, SYMMETRIC_FRAME);
	const [seedB, , wordsB] = splitRecord(b, SYMMETRIC_FRAME);
	if (Buffer.compare(seedA, seedB) === 0) throw sameRandomness();
	const [tagA, tagB] = [a, b].map((record) => readTag(record, SYMMETRIC_FRAME.parts[1].at));
	const record = new Uint8Array(SYMMETRIC_DIFFERENCE.bytes);
	const [firstSeed, secondSeed, , words] = splitRecord(record, SYMMETRIC_DIFFERENCE);
	if (tagA === null || tagB === null) throw outOfRange();
	if (!kernel.subtractInto(words, wordsA, wordsB, SEEDED_WORD.bits, SEEDED_WORD.max)) throw outOfRange();
	firstSeed.set(seedA);
	secondSeed.set(seedB);
	putTag(record, SYMMETRIC_DIFFERENCE.parts[2].at, subtractTags(tagA, tagB));
	return record;
}

function publicKey(kernel: DifferenceKernel, a: Uint8Array, b: Uint8Array): Uint8Array {
	const [firstA, secondA] = splitRecord(a, PUBLIC_FRAME);
	const [firstB, secondB] = splitRecord(b, PUBLIC_FRAME);
	// one second polynomial is one random choice: the difference would be readable by anybody
	if (Buffer.compare(secondA, secondB) === 0) throw sameRandomness();
	const record = new Uint8Array(PUBLIC_DIFFERENCE.bytes);
	const [first, second] = splitRecord(record, PUBLIC_DIFFERENCE);
	const { bits, max } = PUBLIC_FIRST_WORD;
	const fits = [
		kernel.subtractInto(first, firstA, firstB, bits, max),
		kernel.subtractModuloInto(second, secondA, secondB),
	];
	if (fits.includes(false)) throw outOfRange();
	return record;
}

function outOfRange(): DataError {
	return new DataError('out-of-range', 'a ciphertext has a value outside its range', {
		hint: 'One of the files was not made by veilcam encrypt, or is damaged.',
	});
}

function sameRandomness(): DataError {
	return new DataError('same-seed', 'two ciphertexts were made from one seed: anybody could read their difference', {
		hint: 'Encrypt the pictures again.',
	});
}

/**
 * The header of A - B.
 * Throws: DataError that says what differs, unless both are frames of one scheme, key and size, and not one frame.
 */
export function differenceHeader(a: VctStream, b: VctStream): VctHeader {
	const [{ header: first }, { header: second }] = [a, b];
	const differ = (code: string, what: string, of: (header: VctHeader) => string, hint: string): DataError =>
		new DataError(code, `${a.name} and ${b.name} differ in ${what}: ${of(first)} and ${of(second)}`, { hint });
	for (const { name, header } of [a, b]) {
		if (header.kind === 'frame') continue;
		throw new DataError('not-a-frame', `${name}: is a difference already`, {
			hint: 'Only encrypted pictures are subtracted.',
		});
	}
	if (first.scheme !== second.scheme) {
		const hint = 'Encrypt both with --key, or both with --to.';
		throw differ('other-scheme', 'how they were encrypted', ({ scheme }) => scheme, hint);
	}
	const key = ({ fingerprint }: VctHeader): string => toHex(fingerprint);
	if (key(first) !== key(second)) throw differ('other-key', 'their key', key, 'Encrypt both with one key.');
	const shape = (header: VctHeader): string => describeShape(header.shape);
	if (shape(first) !== shape(second)) {
		throw differ('other-shape', 'the size of their picture', shape, 'Bring both to one size and colour first.');
	}
	if (toHex(first.ids[0]) === toHex(second.ids[0])) {
		throw new DataError('same-frame', `${a.name} and ${b.name} are one encrypted picture: their difference is zero`, {
			hint: 'Name two different files.',
		});
	}
	return { ...first, kind: 'difference', ids: [first.ids[0], second.ids[0]] };
}

/**
 * A - B of two frames, of which the headers are here and the records come as they are asked for.
 * Throws: DataError of `differenceHeader`; then both are closed.
 */
export async function subtractStreams(
	a: VctStream,
	b: VctStream,
	subtractor: RecordSubtractor,
): Promise<{ readonly header: VctHeader; readonly records: AsyncGenerator<Uint8Array> }> {
	try {
		return { header: differenceHeader(a, b), records: subtractRecords(a, b, subtractor) };
	} catch (error) {
		await Promise.all([a.close(), b.close()]);
		throw error;
	}
}

/** The records of A - B, as A and B come in: two records are held at a time. Closes both. */
async function* subtractRecords(a: VctStream, b: VctStream, subtractor: RecordSubtractor): AsyncGenerator<Uint8Array> {
	for await (const [first, second] of recordPairs(a, b)) {
		yield subtractor.subtract(a.header.scheme, first, second);
	}
}

/** The records of two frames of one shape, two by two. Closes both. */
export async function* recordPairs(
	a: Pick<VctStream, 'records' | 'close'>,
	b: Pick<VctStream, 'records' | 'close'>,
): AsyncGenerator<[Uint8Array, Uint8Array]> {
	try {
		const second = b.records();
		for await (const record of a.records()) {
			const { value } = await second.next();
			if (value === undefined) throw new RangeError('records: expected as many of B as of A');
			yield [record, value];
		}
		// its checksum is behind its last record
		await second.next();
	} finally {
		await Promise.all([a.close(), b.close()]);
	}
}
