import { createCipheriv, hkdfSync } from 'node:crypto';
import test from 'ava';
import { BugError } from '../../../src/core/errors.js';
import { type AttemptBinding, deriveAttemptKeys, eraseKeys } from '../../../src/core/mpc/attempt.js';
import { createPairStreams, expandKeyInto } from '../../../src/core/mpc/keystream.js';
import type { Pair } from '../../../src/core/mpc/party-index.js';

const bytes = (length: number, value: number) => new Uint8Array(length).fill(value);
const binding: AttemptBinding = {
	nonces: [bytes(16, 1), bytes(16, 2), bytes(16, 3)],
	job: 'job-1',
	programHash: bytes(32, 4),
	inputHashes: [bytes(32, 5)],
};
const pairKeys = { '01': bytes(32, 6), '02': bytes(32, 7) };
const keyOf = (changes: Partial<AttemptBinding> = {}) => {
	const key = deriveAttemptKeys(pairKeys, { ...binding, ...changes })['01'];
	return Buffer.from(key ?? []).toString('hex');
};

test('An attempt key is HKDF-SHA-256 of the pair key under the three nonces and what the attempt is for', (t) => {
	const info = Buffer.concat([
		Buffer.from([0, 0, 0, 5]),
		Buffer.from('job-1'),
		Buffer.from([0, 0, 0, 32]),
		bytes(32, 4),
		Buffer.from([0, 0, 0, 32]),
		bytes(32, 5),
		Buffer.from([0, 0, 0, 2]),
		Buffer.from('01'),
	]);
	const salt = Buffer.concat(binding.nonces);
	t.is(keyOf(), Buffer.from(hkdfSync('sha256', pairKeys['01'], salt, info, 16)).toString('hex'));
	t.deepEqual(Object.keys(deriveAttemptKeys(pairKeys, binding)), ['01', '02']);
});

test('Whatever an attempt is bound to changes its keys', (t) => {
	const keys = [
		keyOf(),
		keyOf({ nonces: [bytes(16, 9), bytes(16, 2), bytes(16, 3)] }),
		keyOf({ nonces: [bytes(16, 1), bytes(16, 9), bytes(16, 3)] }),
		keyOf({ nonces: [bytes(16, 1), bytes(16, 2), bytes(16, 9)] }),
		keyOf({ nonces: [bytes(16, 2), bytes(16, 1), bytes(16, 3)] }),
		keyOf({ job: 'job-2' }),
		keyOf({ programHash: bytes(32, 9) }),
		keyOf({ inputHashes: [bytes(32, 9)] }),
		keyOf({ inputHashes: [] }),
		keyOf({ inputHashes: [bytes(32, 5), bytes(32, 5)] }),
	];
	t.is(new Set(keys).size, keys.length);
});

test('Nonces and hashes of another length, and nonces that are alike, are refused', (t) => {
	for (const changes of [
		{ nonces: [bytes(15, 1), bytes(16, 2), bytes(16, 3)] },
		{ nonces: [bytes(16, 1), bytes(16, 1), bytes(16, 3)] },
		{ programHash: bytes(31, 4) },
		{ inputHashes: [bytes(33, 4)] },
	] satisfies Partial<AttemptBinding>[]) {
		t.throws(() => keyOf(changes), { instanceOf: RangeError });
	}
});

test('Erased keys are zeros', (t) => {
	const keys = deriveAttemptKeys(pairKeys, binding);
	eraseKeys(keys);
	t.deepEqual(keys, { '01': bytes(16, 0), '02': bytes(16, 0) });
});

test('A draw is AES-128 in counter mode from the block of its number and zero', (t) => {
	const iv = Buffer.alloc(16);
	iv.writeBigUInt64BE(70_000n);
	const length = 3 * 65_536 + 48;
	const expected = createCipheriv('aes-128-ctr', bytes(16, 8), iv).update(Buffer.alloc(length));
	const drawn = Buffer.alloc(length);
	createPairStreams({ '12': bytes(16, 8) }).drawInto(drawn, '12', 70_000);
	t.deepEqual(drawn, expected);
	const expanded = Buffer.alloc(16);
	expandKeyInto(expanded, bytes(16, 8), 70_000);
	t.deepEqual(expanded, expected.subarray(0, 16));
});

test('A number is drawn once per pair, and only from a pair whose key is held', (t) => {
	const streams = createPairStreams({ '01': bytes(16, 1), '02': bytes(16, 2) });
	const draw = (...[pair, number]: [Pair, number]) => {
		const out = Buffer.alloc(16);
		streams.drawInto(out, pair, number);
		return out;
	};
	t.notDeepEqual(draw('01', 5), draw('02', 5));
	t.throws(() => draw('01', 5), { instanceOf: BugError, message: /used before/ });
	t.throws(() => draw('12', 6), { instanceOf: BugError, message: /no key here/ });
	t.throws(() => createPairStreams({ '01': bytes(32, 1) }), { instanceOf: RangeError });
});
