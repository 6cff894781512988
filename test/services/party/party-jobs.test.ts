import { mock } from 'node:test';
import test, { type ExecutionContext } from 'ava';
import { PeerError } from '../../../src/core/errors.js';
import type { PartyIndex } from '../../../src/core/mpc/party-index.js';
import { RING_32 } from '../../../src/core/mpc/ring.js';
import { shareInput } from '../../../src/core/mpc/steps/share-input.js';
import { type AttemptChannel, createAttemptChannel } from '../../../src/core/mpc/transport/attempt-channel.js';
import type { Frame } from '../../../src/core/mpc/transport/frame.js';
import { createJobMemories } from '../../../src/services/party/job-memory.js';
import { encodeJob } from '../../../src/services/party/job-wire.js';
import { createModelStore } from '../../../src/services/party/model-store.js';
import { openPartyGallery } from '../../../src/services/party/party-gallery.js';
import { createPartyJobs, type PartyJobs } from '../../../src/services/party/party-jobs.js';
import { PARTY_LIMITS, type PartyLimits } from '../../../src/services/party/party-limits.js';
import { createPartyStats, type PartyStats } from '../../../src/services/party/party-stats.js';
import { encodeProgram } from '../../../src/services/party/program-wire.js';
import { edgesJob, world } from '../../helpers/party-services.js';

const never = new AbortController().signal;
const id = (digit: number): string => String(digit).repeat(32);
const [HELD, TURN, NONCE] = [0xffff_fffd, 0xffff_fffe, 0xffff_ffff];
const [WAITS, BEGINS] = [0, 1].map((word) => Uint8Array.of(word));

/** One party with channels whose other ends are the test. */
interface Alone {
	readonly jobs: PartyJobs;
	readonly stats: PartyStats;
	readonly sent: Frame[];
	word(from: PartyIndex, step: number, job: string, body?: Uint8Array): void;
	readonly body: Uint8Array;
}

async function startAlone(t: ExecutionContext, limits: Partial<PartyLimits> = {}, index: 0 | 1 = 1): Promise<Alone> {
	const channels = new Map<string, AttemptChannel>();
	const sent: Frame[] = [];
	const stats = createPartyStats(
		() => 0,
		() => {},
	);
	const all = { ...PARTY_LIMITS, ...limits };
	const jobs = createPartyJobs({
		index,
		pairKeys: { '01': new Uint8Array(16), [index === 0 ? '02' : '12']: new Uint8Array(16) },
		memories: createJobMemories(),
		models: createModelStore(undefined),
		gallery: await openPartyGallery({ maxQueriesPerMinute: 100, nowMs: () => 0 }),
		limits: all,
		stats,
		transport: {
			openAttempt(attempt, options) {
				const send = (_to: number, frame: Frame): void => void sent.push(frame);
				const channel = createAttemptChannel({ attempt, index, timeoutMs: all.stepTimeoutMs, send, ...options });
				channels.set(attempt, channel);
				return channel;
			},
			closeAttempt: (attempt) => void channels.delete(attempt),
		},
	});
	// what still waits keeps a timer, and with it the process
	t.teardown(() => jobs.close());
	const { program, input } = await edgesJob();
	const upload = { program: encodeProgram(program), input: shareInput(input, world.random, RING_32)[index] };
	return {
		jobs,
		stats,
		sent,
		body: encodeJob({ ...upload, weights: { kind: 'public', values: new Int32Array(9 * 3 + 3) } }),
		word: (from, step, job, body = BEGINS) =>
			channels.get(job)?.deliver(from, {
				attempt: job,
				kind: 'message',
				label: { step, part: 0 },
				body,
			}),
	};
}

function place({ jobs, body }: Alone, job: string): void {
	jobs.begin(job, 'client');
	jobs.grow(job, body.length);
	jobs.accept(job, body);
}

async function turns(): Promise<void> {
	for (let turn = 0; turn < 20; turn++) await Promise.resolve();
}

/** P0 says so as often as it does. */
async function hearThatItWaits(alone: Alone, ms: number): Promise<void> {
	const everyMs = PARTY_LIMITS.stepTimeoutMs / 4;
	for (let passed = 0; passed < ms; passed += everyMs) {
		mock.timers.tick(everyMs);
		alone.word(0, TURN, id(1), WAITS);
		await turns();
	}
}

function mockTimers(t: ExecutionContext): void {
	mock.timers.enable({ apis: ['setTimeout', 'setInterval'] });
	t.teardown(() => mock.timers.reset());
}

test.serial('a job that waits for its turn does not fail for waiting longer than a step may take', async (t) => {
	const alone = await startAlone(t);
	mockTimers(t);
	place(alone, id(1));
	const run = alone.jobs.run(id(1), never);
	run.catch(() => {});
	alone.word(0, HELD, id(1));
	alone.word(2, HELD, id(1));
	await turns();
	t.is(alone.jobs.count('queued'), 1);
	await hearThatItWaits(alone, PARTY_LIMITS.queueLifeMs - PARTY_LIMITS.stepTimeoutMs);
	t.is(alone.jobs.count('queued'), 1);
	alone.word(0, TURN, id(1));
	await turns();
	t.is(alone.jobs.count('running'), 1);
	t.true(alone.sent.some(({ label }) => label.step === NONCE));
	// from here on silence is a failure
	mock.timers.tick(PARTY_LIMITS.stepTimeoutMs + 1);
	await t.throwsAsync(run, {
		code: 'party-silent',
		message: /party [02] sent nothing for 20 s at the exchange of nonces/,
	});
	t.is(alone.stats.jobs.failed, 1);
});

test.serial('a job whose turn never comes fails in the end', async (t) => {
	const alone = await startAlone(t);
	mockTimers(t);
	place(alone, id(1));
	const run = alone.jobs.run(id(1), never);
	alone.word(0, HELD, id(1));
	alone.word(2, HELD, id(1));
	await turns();
	run.catch(() => {});
	await hearThatItWaits(alone, PARTY_LIMITS.queueLifeMs);
	await t.throwsAsync(run, { code: 'queue-too-long', message: 'the job waited 10 minutes for its turn' });
});

test.serial('a party that says nothing of a waiting job is waited for no longer than for a step', async (t) => {
	const alone = await startAlone(t);
	mockTimers(t);
	place(alone, id(1));
	const run = alone.jobs.run(id(1), never);
	run.catch(() => {});
	for (const from of [0, 2] as const) alone.word(from, HELD, id(1));
	await turns();
	await hearThatItWaits(alone, 60_000);
	mock.timers.tick(PARTY_LIMITS.stepTimeoutMs);
	await t.throwsAsync(run, { code: 'party-silent', message: 'party 0 sent nothing for 20 s at the word to begin' });
});

test.serial('party 0 tells the others of a job that waits, until it begins', async (t) => {
	const alone = await startAlone(t, {}, 0);
	mockTimers(t);
	const words = (job: string): number[] =>
		alone.sent.filter(({ attempt, label }) => attempt === job && label.step === TURN).map(({ body }) => body[0]);
	for (const digit of [1, 2]) {
		place(alone, id(digit));
		alone.jobs.run(id(digit), never).catch(() => {});
		for (const from of [1, 2] as const) alone.word(from, HELD, id(digit));
		await turns();
	}
	t.deepEqual(words(id(1)), [1, 1]);
	t.deepEqual(words(id(2)), []);
	mock.timers.tick(PARTY_LIMITS.stepTimeoutMs / 2);
	t.deepEqual(words(id(2)), [0, 0, 0, 0]);
	alone.jobs.drop(id(1), 'its client dropped it');
	await turns();
	t.deepEqual(words(id(2)), [0, 0, 0, 0, 1, 1]);
	mock.timers.tick(PARTY_LIMITS.stepTimeoutMs / 2);
	t.is(words(id(2)).length, 6);
});

test.serial('a nonce that a party has from another ends the job and names it', async (t) => {
	const alone = await startAlone(t);
	const begin = async (job: string): Promise<{ run: Promise<unknown>; own: Uint8Array }> => {
		place(alone, job);
		const run = alone.jobs.run(job, never);
		run.catch(() => {});
		for (const from of [0, 2] as const) alone.word(from, HELD, job);
		alone.word(0, TURN, job);
		await turns();
		const frame = alone.sent.find(({ attempt, label }) => attempt === job && label.step === NONCE);
		return { run, own: frame?.body ?? new Uint8Array(0) };
	};
	const first = await begin(id(1));
	alone.word(0, NONCE, id(1), first.own);
	await t.throwsAsync(first.run, { instanceOf: PeerError, message: /^party 0 sent this party's nonce/ });
	const second = await begin(id(2));
	const other = Uint8Array.from(second.own, (byte, at) => (at < 16 ? byte ^ 1 : byte));
	for (const from of [0, 2] as const) alone.word(from, NONCE, id(2), other);
	await t.throwsAsync(second.run, { code: 'nonce-repeated', message: /^parties 0 and 2 sent one nonce/ });
});

test.serial('a job that only one party was asked to run ends with a sentence that names another', async (t) => {
	const alone = await startAlone(t);
	mockTimers(t);
	place(alone, id(1));
	const run = alone.jobs.run(id(1), never);
	alone.word(0, HELD, id(1));
	await turns();
	mock.timers.tick(PARTY_LIMITS.stepTimeoutMs + 1);
	await t.throwsAsync(run, { message: 'party 2 sent nothing for 20 s at the agreement on the job' });
	t.is(alone.jobs.heldBytes, 0);
});

test.serial('an upload that nobody runs is dropped, and told to the others', async (t) => {
	const alone = await startAlone(t);
	mockTimers(t);
	place(alone, id(1));
	mock.timers.tick(PARTY_LIMITS.uploadLifeMs);
	t.is(alone.jobs.count('held'), 1);
	mock.timers.tick(PARTY_LIMITS.bodyMs + alone.body.length);
	t.is(alone.jobs.count('held'), 0);
	t.is(alone.stats.jobs.dropped, 1);
	t.is(alone.sent.filter(({ kind }) => kind === 'abort').length, 2);
	await t.throwsAsync(alone.jobs.run(id(1), never), { code: 'no-such-job' });
});

test.serial(
	'a client that goes, or drops its job, frees the place at once, in whatever state the job is',
	async (t) => {
		const alone = await startAlone(t, { maxJobs: 1 });
		for (const [digit, words] of [[], [HELD], [HELD, TURN]].entries()) {
			const gone = new AbortController();
			place(alone, id(digit));
			const run = alone.jobs.run(id(digit), gone.signal);
			for (const word of words) alone.word(0, word, id(digit));
			if (words.length > 0) alone.word(2, HELD, id(digit));
			await turns();
			gone.abort();
			await t.throwsAsync(run, { message: 'the client has gone' });
		}
		place(alone, id(7));
		const run = alone.jobs.run(id(7), never);
		alone.jobs.drop(id(7), 'its client dropped it');
		await t.throwsAsync(run, { message: 'its client dropped it' });
		t.is(alone.stats.jobs.dropped, 4);
		t.is(alone.stats.jobs.failed, 0);
		place(alone, id(8));
	},
);

test.serial('there is room for so many jobs and so many bytes, and what drips takes no place', async (t) => {
	const alone = await startAlone(t, { maxJobs: 2, maxHeldBytes: 10_000_000 });
	const { jobs, stats, body } = alone;
	for (const digit of [1, 2, 3]) jobs.begin(id(digit), 'client');
	jobs.grow(id(1), 9_000_000);
	t.throws(() => jobs.grow(id(2), 1_000_001), { code: 'overload' });
	jobs.drop(id(1), 'cut off');
	t.is(jobs.heldBytes, 0);
	place(alone, id(4));
	place(alone, id(5));
	t.throws(() => jobs.begin(id(6), 'client'), { code: 'overload' });
	// it had begun while there was a place
	t.throws(() => jobs.accept(id(2), body), { code: 'overload' });
	t.throws(() => jobs.accept(id(1), body), { code: 'no-such-job' });
	t.is(stats.jobsRefused, 3);
	t.is(jobs.retryAfterS(), 1);
});

test.serial('an id is taken once, until so many others have come', async (t) => {
	const { jobs } = await startAlone(t, { maxRememberedIds: 2 });
	jobs.begin(id(1), 'client');
	jobs.drop(id(1), 'cut off');
	t.throws(() => jobs.begin(id(1), 'client'), { code: 'job-seen' });
	jobs.begin(id(2), 'client');
	t.throws(() => jobs.accept(id(2), new Uint8Array(1)), { code: 'bad-job' });
	t.throws(() => jobs.begin(id(2), 'client'), { code: 'job-seen' });
	jobs.begin(id(3), 'client');
	jobs.begin(id(1), 'client');
	t.is(jobs.count('arriving'), 2);
});
