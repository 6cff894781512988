import test from 'ava';
import type { DataError } from '../../../src/core/errors.js';
import {
	decodeKeyHeader,
	decodePublicKey,
	decodeSecretKey,
	encodePublicKey,
	encodeSecretKey,
	keyFingerprint,
} from '../../../src/core/subtract/key-file.js';
import { POLYNOMIAL_BYTES } from '../../../src/core/subtract/parameters.js';
import { seededBytes } from '../../helpers/seeded-bytes.js';
import { seededRandom } from '../average/keystream.js';

const publicKey = seededBytes(1, POLYNOMIAL_BYTES + 64);
const key = { fingerprint: keyFingerprint(publicKey), secret: seededBytes(2, POLYNOMIAL_BYTES) };
const never = (): Promise<string> => Promise.reject(new Error('no passphrase is needed'));
const say = (text: string) => (): Promise<string> => Promise.resolve(text);

test('keys come back from their files', async (t) => {
	t.deepEqual(await decodeSecretKey(await encodeSecretKey(key, null, seededRandom(1)), 'k', never), key);
	t.deepEqual(decodePublicKey(encodePublicKey(publicKey), 'k'), { fingerprint: key.fingerprint, publicKey });
});

test('a locked key opens with its passphrase only, however its letters are composed', async (t) => {
	const file = await encodeSecretKey(key, 'caf\u00e9', seededRandom(1));
	t.is(Buffer.from(file).indexOf(Buffer.from(key.secret.subarray(0, 16))), -1);
	t.deepEqual(await decodeSecretKey(file, 'k', say('cafe\u0301')), key);
	const error = await t.throwsAsync(decodeSecretKey(file, 'k', say('cafe')));
	t.like(error, { code: 'wrong-passphrase', exitCode: 5 });
	t.true(decodeKeyHeader(file, 'k').locked);
});

test('the two kinds are not taken for each other', async (t) => {
	const secret = await encodeSecretKey(key, null, seededRandom(1));
	t.throws(() => decodePublicKey(secret, 'k'), { message: /is a secret key/ });
	await t.throwsAsync(decodeSecretKey(encodePublicKey(publicKey), 'k', never), { message: /is a public key/ });
});

test('a key file is refused by name when it is cut, changed, foreign or of a later version', async (t) => {
	for (const file of [await encodeSecretKey(key, null, seededRandom(1)), encodePublicKey(publicKey)]) {
		for (let at = 0; at < file.length; at += at < 100 ? 1 : 509) {
			const changed = file.slice();
			changed[at] ^= 0x04;
			const code = (t.throws(() => decodeKeyHeader(changed, 'k')) as DataError).code;
			t.regex(code, /^(?:not-a|future|truncated|damaged)-key$/, `byte ${at}`);
		}
		for (let length = 0; length < file.length; length += length < 100 ? 1 : 509) {
			const code = (t.throws(() => decodeKeyHeader(file.subarray(0, length), 'k')) as DataError).code;
			t.is(code, length < 8 ? 'not-a-key' : 'truncated-key', `${length} bytes`);
		}
	}
});
