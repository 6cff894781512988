import { DataError } from '../../errors.js';
import { describeShape, toHex } from '../vct-header.js';
import type { MotionHeader } from './header.js';
import { startScorer } from './scorer-thread.js';
import type { MotionStream } from './stream.js';

/**
 * The header of the score of A and B.
 * Throws: DataError that says what differs, unless both are frames of one key, size and blocks, and not one frame.
 */
export function scoreHeader(a: MotionStream, b: MotionStream): MotionHeader {
	const [first, second] = [a.header, b.header];
	const same = (code: string, what: string, of: (header: MotionHeader) => string, hint: string): void => {
		if (of(first) === of(second)) return;
		throw new DataError(code, `${a.name} and ${b.name} differ in ${what}: ${of(first)} and ${of(second)}`, { hint });
	};
	for (const { name, header } of [a, b]) {
		if (header.kind === 'frame') continue;
		throw new DataError('not-a-frame', `${name}: is a score already`, { hint: 'Only encrypted pictures are scored.' });
	}
	same('other-key', 'their key', ({ fingerprint }) => toHex(fingerprint), 'Encrypt both with one key.');
	same(
		'other-shape',
		'the size of their picture',
		({ shape }) => describeShape(shape),
		'Bring both to one size first.',
	);
	same(
		'other-blocks',
		'their blocks',
		({ block }) => `${block.width}x${block.height}`,
		'Encrypt both with one --blocks.',
	);
	if (toHex(first.ids[0]) === toHex(second.ids[0])) {
		throw new DataError('same-frame', `${a.name} and ${b.name} are one encrypted picture: nothing moved`, {
			hint: 'Name two different files.',
		});
	}
	return { ...first, kind: 'score', ids: [first.ids[0], second.ids[0]] };
}

/**
 * Scores A against B, of which the headers are here, without a key. SEAL works in a thread of its own: what it makes of
 * words that a stranger chose can end that thread, and nothing else. What it reads of a file has been cut to length and
 * compared with the primes word by word; the rest of what it loads was written here.
 * Throws: DataError of `scoreHeader`; then both are closed.
 */
export async function scoreStreams(
	a: MotionStream,
	b: MotionStream,
): Promise<{ readonly header: MotionHeader; readonly records: AsyncGenerator<Uint8Array> }> {
	try {
		return { header: scoreHeader(a, b), records: scoreRecords(a, b) };
	} catch (error) {
		await Promise.all([a.close(), b.close()]);
		throw error;
	}
}

async function* scoreRecords(a: MotionStream, b: MotionStream): AsyncGenerator<Uint8Array> {
	const { plan } = a;
	const thread = startScorer();
	try {
		const [first, second] = [a.records(), b.records()];
		const pair = async (): Promise<[Uint8Array, Uint8Array]> => {
			const [{ value: x }, { value: y }] = [await first.next(), await second.next()];
			if (x === undefined || y === undefined) throw new RangeError('records: expected more of them');
			return [x, y];
		};
		// each frame has a key to multiply with; one is enough
		const [evaluationKey] = await pair();
		await thread.ask({ kind: 'open', plainModulus: plan.plainModulus, evaluationKey });
		const scores: Uint8Array[] = [];
		for (let group = 0; group < plan.groups; group++) {
			for (let i = 0; i < plan.cellSamples; i++) {
				const [x, y] = await pair();
				await thread.ask({ kind: 'add', a: x, b: y });
			}
			const score = await thread.ask({ kind: 'finish' });
			if (score !== null) scores.push(score);
		}
		// their checksums are behind their last records
		await first.next();
		await second.next();
		yield* scores;
	} finally {
		await Promise.all([a.close(), b.close(), thread.end()]);
	}
}
