import { DataError } from '../errors.js';
import type { SignedImage } from '../image/compare.js';
import type { Image } from '../image/image.js';
import type { RandomSource } from '../random.js';
import type { EnginePool } from './engine-pool.js';
import { checkShape, SAMPLES_PER_CIPHERTEXT, sampleCount } from './parameters.js';
import type { Scheme } from './records.js';
import { ID_BYTES, toHex, type VctHeader } from './vct-header.js';
import type { VctStream } from './vct-stream.js';

/** An encrypted picture in memory. */
export interface SealedFrame {
	readonly header: VctHeader;
	readonly records: readonly Uint8Array[];
}

/**
 * Encrypts a picture under a fresh random id. Encrypting it again makes other bytes.
 * Throws: DataError for a picture that is too large.
 */
export async function encryptFrame(
	image: Image,
	how: { readonly scheme: Scheme; readonly fingerprint: Uint8Array; readonly random: RandomSource },
	pool: EnginePool,
): Promise<SealedFrame> {
	const { width, height, channels } = image;
	const shape = { width, height, channels };
	checkShape(shape, 'the picture');
	const id = new Uint8Array(ID_BYTES);
	how.random.fillInto(id);
	const records = await pool.encrypt({ shape, id }, image.samples);
	return { header: { kind: 'frame', scheme: how.scheme, shape, fingerprint: how.fingerprint, ids: [id] }, records };
}

/** What the owner knows before a difference comes: his key, and, where he says so, the two frames that he asked for. */
export interface Expected {
	readonly fingerprint: Uint8Array;
	/** Ids of A and B. Without them a difference of two other frames under this key is taken, too. */
	readonly ids?: readonly [Uint8Array, Uint8Array] | undefined;
	/** How A and B were encrypted: of frames with tags, a server could answer with a difference of the form without. */
	readonly scheme?: Scheme | undefined;
}

/**
 * Decrypts A - B. Nothing is decrypted that the tags do not vouch for (symmetric scheme).
 * Error: exact. Unit and range: gray levels -255..255.
 * Throws: DataError by name for what the header says in the clear (kind, key, ids), and for a file that is truncated or
 * damaged; for everything behind it one and the same, whatever the cause.
 */
export async function decryptDifference(stream: VctStream, expected: Expected, pool: EnginePool): Promise<SignedImage> {
	const { header, name } = stream;
	try {
		checkExpected(header, name, expected);
		const records: Uint8Array[] = [];
		for await (const record of stream.records()) records.push(record);
		const parts = await pool.decrypt(header, records);
		const samples = new Int16Array(sampleCount(header.shape));
		let refused = false;
		parts.forEach((part, i) => {
			if (part === null) refused = true;
			else samples.set(part, i * SAMPLES_PER_CIPHERTEXT);
		});
		if (refused) throw notTheDifference(name);
		return { ...header.shape, samples };
	} finally {
		await stream.close();
	}
}

function checkExpected(header: VctHeader, name: string, { fingerprint, ids, scheme }: Expected): void {
	if (header.kind !== 'difference') {
		throw new DataError('not-a-difference', `${name}: is an encrypted picture, not a difference`, {
			hint: 'Subtract another one from it first: veilcam subtract A B --out D.',
		});
	}
	if (toHex(header.fingerprint) !== toHex(fingerprint)) {
		throw new DataError(
			'other-key',
			`${name}: belongs to the key ${toHex(header.fingerprint)}, not ${toHex(fingerprint)}`,
			{
				hint: 'Name the key that it was encrypted with. Without that key nothing comes back.',
			},
		);
	}
	if (scheme !== undefined && scheme !== header.scheme) {
		throw new DataError('other-scheme', `${name}: is ${header.scheme}, the frames named are ${scheme}`, {
			hint: 'Do not use it: somebody answered in another form than that of the frames.',
		});
	}
	const wrong = ids?.findIndex((id, i) => toHex(id) !== toHex(header.ids[i])) ?? -1;
	if (wrong >= 0) {
		throw new DataError(
			'other-frames',
			`${name}: is not the difference of the frames named; ${'AB'[wrong]} is ${toHex(header.ids[wrong])}`,
			{ hint: 'Do not use it: somebody answered with other frames than those asked for.' },
		);
	}
}

/** The one refusal for all that can be wrong behind the header: whoever sent it must not learn what. */
function notTheDifference(name: string): DataError {
	return new DataError('difference-refused', `${name}: is not the difference of the frames that it names; discarded`, {
		hint: 'Do not tell its sender that it was refused. Subtract the frames again, elsewhere.',
	});
}
