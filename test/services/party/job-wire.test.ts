import test from 'ava';
import {
	decodeJob,
	decodeResult,
	encodeJob,
	encodeResult,
	type JobUpload,
} from '../../../src/services/party/job-wire.js';

const seed = (value: number) => ({ seed: new Uint8Array(16).fill(value) });
const secret: JobUpload = {
	program: '{"é":1}',
	input: { first: seed(1), second: { words: Int32Array.of(-1, 2, 2 ** 31 - 1) } },
	weights: { kind: 'secret', share: { first: { words: Int32Array.of(7) }, second: seed(2) } },
};

test('a job comes back as it was sent, also from the middle of a larger buffer', (t) => {
	const shared = encodeJob(secret);
	t.deepEqual(decodeJob(shared), secret);
	const moved = Buffer.concat([Buffer.alloc(5), shared]).subarray(5);
	t.deepEqual(decodeJob(moved), secret);
	const open: JobUpload = { ...secret, weights: { kind: 'public', values: Int32Array.of(3, -4) } };
	t.deepEqual(decodeJob(encodeJob(open)), open);
});

test('words of 64 bits come back as such', (t) => {
	const wide = BigInt64Array.of(-1n, 2n ** 62n, -(2n ** 63n));
	const job: JobUpload = {
		program: '{}',
		input: { first: { words: wide }, second: seed(1) },
		weights: { kind: 'public', values: wide },
	};
	t.deepEqual(decodeJob(Buffer.concat([Buffer.alloc(3), encodeJob(job)]).subarray(3)), job);
	const counts = { ms: 1.5, bytesSent: 10, rounds: 3 };
	t.deepEqual(decodeResult(encodeResult({ opened: { words: wide }, ...counts })).opened.words, wide);
});

test('a result comes back as it was sent', (t) => {
	const counts = { ms: 1.5, bytesSent: 10, rounds: 3 };
	const opened = { words: Int32Array.of(5, -6), secondHash: new Uint8Array(32).fill(9) };
	const result = decodeResult(encodeResult({ opened, ...counts }));
	t.deepEqual([...result.opened.words], [5, -6]);
	t.deepEqual([...(result.opened.secondHash ?? [])], [...opened.secondHash]);
	t.like(result, counts);
	t.is(decodeResult(encodeResult({ opened: { words: Int32Array.of(1) }, ...counts })).opened.secondHash, undefined);
});

test('every cut of a job, and every changed byte of its head, is refused or read as a job', (t) => {
	const whole = encodeJob(secret);
	for (let length = 0; length < whole.length; length++) {
		t.throws(() => decodeJob(whole.subarray(0, length)), { code: 'bad-job' }, `cut at ${length}`);
	}
	for (let at = 0; at < 60; at++) {
		const changed = Buffer.from(whole);
		changed[at] ^= 0x41;
		try {
			decodeJob(changed);
		} catch (error) {
			t.is(Object.assign({ code: '' }, error).code, 'bad-job', `byte ${at}: ${String(error)}`);
		}
	}
});
