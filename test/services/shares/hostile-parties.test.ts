import test, { type ExecutionContext } from 'ava';
import fc from 'fast-check';
import { PeerError, VeilcamError } from '../../../src/core/errors.js';
import { openSharesParties } from '../../../src/services/client/shares-parties.js';
import { type HttpAnswer, startServer } from '../../helpers/http.js';
import { SESSION } from './three-holders.js';

const UPLOAD_KEY = '04'.padEnd(130, '1');
const STATUS = {
	waiting: 5,
	rejected: 0,
	damaged: 0,
	sealed: 0,
	batch: 0,
	promise: null,
	spentRho: 0,
	uploadKey: UPLOAD_KEY,
};
const HEAD = { batch: 1, count: 5, partySigma: null, rho: 0, sumMs: 1, width: 11 };
const ROW_BYTES = 16 * Math.ceil((SESSION.width * SESSION.height) / 128);

type Step = 'register' | 'status' | 'prepare' | 'run';

const json = (value: unknown, status = 200): Partial<HttpAnswer> => ({
	status,
	body: Buffer.from(JSON.stringify(value)),
});

/** A party's part of a release; with zeros from all three the sum is zero. */
function partOf(head: object, planes: Uint8Array = new Uint8Array(11 * ROW_BYTES)): Partial<HttpAnswer> {
	const text = Buffer.from(JSON.stringify(head));
	const length = Buffer.alloc(4);
	length.writeUInt32LE(text.length);
	return { status: 200, body: Buffer.concat([length, text, planes]) };
}

/** A front of parties that are scripts: all are honest, but for what one of them answers to one step. */
async function startFront(t: ExecutionContext) {
	const lie: { party: number; step: Step | null; answer: Partial<HttpAnswer> } = { party: 1, step: null, answer: {} };
	const honest: Readonly<Record<Step, Partial<HttpAnswer>>> = {
		register: json(STATUS, 201),
		status: json(STATUS),
		prepare: json({ status: 'prepared' }, 201),
		run: partOf(HEAD),
	};
	const parties = await Promise.all(
		[0, 1, 2].map(async (party) => {
			const url = await startServer(t, async (path, method) => {
				const release: Step = method === 'POST' ? 'run' : 'prepare';
				const session: Step = method === 'GET' ? 'status' : 'register';
				const step = path.includes('/releases/') ? release : session;
				return party === lie.party && step === lie.step ? lie.answer : honest[step];
			});
			return { url, fingerprint: '0'.repeat(64) };
		}),
	);
	const open = async () => {
		const front = await openSharesParties({ parties, token: 't'.repeat(43) }, SESSION);
		t.teardown(() => front.close());
		return front;
	};
	return { open, lie };
}

test('what a party answers in place of its part of a release is refused by its name, or is no larger than it may be', async (t) => {
	const { open, lie } = await startFront(t);
	const front = await open();
	t.true((await front.release(1, null)).sums.every((sum) => sum === 0));
	lie.step = 'run';
	const planes = new Uint8Array(11 * ROW_BYTES);
	const lies: readonly (readonly [what: string, answer: Partial<HttpAnswer>, said: RegExp])[] = [
		['another batch', partOf({ ...HEAD, batch: 2 }), /the parties opened different things: .*batch 2/],
		['more pictures', partOf({ ...HEAD, count: 6 }), /the parties opened different things/],
		['noise', partOf({ ...HEAD, partySigma: 20 }), /the parties opened different things/],
		['fewer planes', partOf({ ...HEAD, width: 10 }, planes.subarray(ROW_BYTES)), /the parties opened different things/],
		['a sum that cannot be', partOf(HEAD, planes.slice().fill(255)), /larger than the pictures can make it/],
		['a plane too few', partOf(HEAD, planes.subarray(1)), /party 1: the answer is no share of a release/],
		['no pictures', partOf({ ...HEAD, count: 0 }), /party 1: the answer is no share/],
		[
			'54 planes',
			partOf({ ...HEAD, width: 54 }, new Uint8Array(54 * ROW_BYTES)),
			/party 1: the answer is (no share|too long)/,
		],
		['a head of nothing', { status: 200, body: Buffer.from([4, 0, 0, 0, 110, 117, 108, 108]) }, /party 1: the answer/],
		['nothing', { status: 200, body: Buffer.alloc(0) }, /party 1: the answer/],
		['a flood', { status: 200, body: Buffer.alloc(20_000_000) }, /the answer is too long/],
		['a page', { status: 500, body: Buffer.from('<h1>oh</h1>') }, /party 1: HTTP status 500/],
		['a novel', json({ error: 'x', message: 'long '.repeat(300) }, 403), /^party 1: (long ){1,60}/],
	];
	for (const [what, answer, said] of lies) {
		lie.answer = answer;
		const error = await t.throwsAsync(front.release(1, null), { message: said }, what);
		t.true(error instanceof VeilcamError, what);
		t.true((error?.message.length ?? 0) < 600, what);
	}
	for (lie.party = 0; lie.party < 3; lie.party++) {
		lie.answer = partOf({ ...HEAD, count: 7 });
		await t.throwsAsync(front.release(1, null), { message: /the parties opened different things/ });
	}
	lie.party = 1;
	await fc.assert(
		fc.asyncProperty(fc.nat(), fc.uint8Array({ maxLength: 20 }), async (where, bytes) => {
			const body = Buffer.from(partOf(HEAD).body ?? []);
			body.set(bytes.subarray(0, body.length - (where % 90)), where % 90);
			lie.answer = { status: 200, body };
			try {
				const { sums, count } = await front.release(1, null);
				t.true(sums.every((sum) => sum >= 0 && sum <= 255 * count));
			} catch (error) {
				t.true(error instanceof VeilcamError && error.message.length > 15, String(error));
			}
		}),
		{ seed: 84, numRuns: 150 },
	);
});

test('a party that answers no status, or no upload key, is named', async (t) => {
	const { open, lie } = await startFront(t);
	const front = await open();
	const nasty = fc.oneof(
		fc.constantFrom('waiting', 'rejected', 'sealed', 'batch', 'spentRho').map((key) => ({ ...STATUS, [key]: -1 })),
		fc.constantFrom(null, [], 'x', 7, {}, { ...STATUS, promise: 'x' }, { ...STATUS, promise: { epsilon: -1 } }),
	);
	lie.step = 'status';
	await fc.assert(
		fc.asyncProperty(nasty, async (value) => {
			lie.answer = json(value);
			await t.throwsAsync(front.status(), { instanceOf: PeerError, message: /^party 1: / });
		}),
		{ seed: 85, numRuns: 60 },
	);
	lie.step = 'register';
	for (const value of [null, {}, { ...STATUS, uploadKey: '04' }, { ...STATUS, uploadKey: 4 }]) {
		lie.answer = json(value, 201);
		await t.throwsAsync(open(), { instanceOf: PeerError, message: /^party 1: / });
	}
});
