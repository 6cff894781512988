import { DataError } from '../../errors.js';
import type { Image, Size } from '../../image/image.js';
import type { RandomSource } from '../../random.js';
import { ID_BYTES, toHex } from '../vct-header.js';
import { openMotionBfv } from './bfv.js';
import { addScoresInto, slotBounds, slotValues } from './cells.js';
import type { MotionHeader } from './header.js';
import { type MotionPlan, motionCiphertexts, planMotion } from './parameters.js';
import { deriveMotionSecret } from './secret.js';
import type { MotionStream } from './stream.js';

/** What the owner of the key, and each camera that has it, brings. */
export interface MotionKey {
	readonly fingerprint: Uint8Array;
	/** Words of the secret key, from which that of motion is derived. */
	readonly secret: Uint8Array;
}

/**
 * Encrypts a picture for motion scores under a fresh random id; the records come as they are asked for.
 * Throws: DataError for a picture that is too large, or smaller than a block; BugError when SEAL cannot be used.
 */
export function encryptForMotion(
	image: Image,
	block: Size,
	{ fingerprint, secret }: MotionKey,
	random: RandomSource,
	name: string,
): { readonly header: MotionHeader; readonly plan: MotionPlan; readonly records: AsyncGenerator<Uint8Array> } {
	const { width, height, channels, samples } = image;
	const shape = { width, height, channels };
	const plan = planMotion(shape, block, name);
	const id = new Uint8Array(ID_BYTES);
	random.fillInto(id);
	return {
		header: { kind: 'frame', shape, block, fingerprint, ids: [id] },
		plan,
		records: frameRecords(plan, samples, secret),
	};
}

async function* frameRecords(plan: MotionPlan, samples: Uint8Array, secret: Uint8Array): AsyncGenerator<Uint8Array> {
	const bfv = await openMotionBfv(plan.plainModulus);
	const encryptor = bfv.encryptor(deriveMotionSecret(secret));
	try {
		yield encryptor.createEvaluationKey();
		for (let i = 0; i < motionCiphertexts(plan); i++) yield encryptor.encrypt(slotValues(plan, samples, i));
	} finally {
		encryptor.close();
		bfv.close();
	}
}

/** Sums of squared differences of each block, row by row. */
export interface MotionScores {
	readonly plan: MotionPlan;
	/** Unit: squared gray levels. Error: exact. */
	readonly scores: Float64Array;
}

/**
 * Decrypts the scores. They have no tag: nothing proves that they are those of the two frames that the header names, and
 * nothing about this decryption may go back to whoever sent them.
 * Throws: DataError by name for what the header says in the clear, and for a file that is truncated or damaged; for
 * everything behind it one and the same, whatever the cause.
 */
export async function decryptScores(stream: MotionStream, { fingerprint, secret }: MotionKey): Promise<MotionScores> {
	const { header, name, plan } = stream;
	try {
		if (header.kind !== 'score') {
			throw new DataError('not-a-score', `${name}: is an encrypted picture, not a score`, {
				hint: 'Score it against another one first: veilcam motion A B --out S.',
			});
		}
		const [its, ours] = [toHex(header.fingerprint), toHex(fingerprint)];
		if (its !== ours) {
			throw new DataError('other-key', `${name}: belongs to the key ${its}, not ${ours}`, {
				hint: 'Name the key that it was encrypted with. Without that key nothing comes back.',
			});
		}
		const records: Uint8Array[] = [];
		for await (const record of stream.records()) records.push(record);
		const scores = await openScores(plan, records, deriveMotionSecret(secret));
		if (scores === null) throw notAScore(name);
		return { plan, scores };
	} finally {
		await stream.close();
	}
}

/** Null for a score that no two pictures have. */
async function openScores(
	plan: MotionPlan,
	records: readonly Uint8Array[],
	secret: Int8Array,
): Promise<Float64Array | null> {
	const bfv = await openMotionBfv(plan.plainModulus);
	const decryptor = bfv.decryptor(secret);
	try {
		const scores = new Float64Array(plan.columns * plan.rows);
		let refused = false;
		for (const [group, record] of records.entries()) {
			const slots = decryptor.decrypt(record);
			const bounds = slotBounds(plan, group);
			if (slots === null || slots.some((slot, i) => slot > bounds[i])) refused = true;
			else addScoresInto(scores, plan, group, slots);
		}
		return refused ? null : scores;
	} finally {
		decryptor.close();
		bfv.close();
	}
}

/** The one refusal for all that can be wrong behind the header: whoever sent it must not learn what. */
function notAScore(name: string): DataError {
	return new DataError('score-refused', `${name}: is not a score of two pictures; discarded`, {
		hint: 'Do not tell its sender that it was refused. Score the frames again, elsewhere.',
	});
}
