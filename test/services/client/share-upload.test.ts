import test from 'ava';
import type { SharesTarget } from '../../../src/core/average/session-description.js';
import { PeerError, PolicyError } from '../../../src/core/errors.js';
import { openShares } from '../../../src/services/client/share-upload.js';
import { seededRandom } from '../../core/average/keystream.js';
import { freshId, pictureOf, SESSION, startHolders } from '../shares/three-holders.js';

const LIMITED = {
	...SESSION,
	mechanism: { kind: 'shares', bits: 8, budget: { epsilon: 8, delta: 1e-6 }, picturesPerPerson: 1 },
} as const;

test('what goes wrong at one party names it, and says what somebody can do who has the word of the collector only', async (t) => {
	const holders = await startHolders(t, LIMITED);
	const told: (string | null)[] = [];
	const retry = {
		retryForMs: 300,
		signal: new AbortController().signal,
		nowMs: () => performance.now(),
		jitter: () => 0,
		onRetry: (why: string | null) => void told.push(why),
	};
	const uploadTo = async (target: SharesTarget, id = freshId()) => {
		const uploader = await openShares(LIMITED, target, retry);
		t.teardown(() => uploader.close());
		return uploader.upload(pictureOf(LIMITED, 1), id, seededRandom(1), retry);
	};
	const { target } = holders.front;
	const { parties } = target;

	const id = freshId();
	t.is((await uploadTo(target, id)).kind, 'accepted');
	// the same person again: all three refuse, and the first is named
	t.deepEqual(await uploadTo(target, `${id.slice(0, 31)}${id.endsWith('0') ? '1' : '0'}`), {
		kind: 'rejected',
		reason: `party 0 (${parties[0].url}): this batch has all the pictures that it takes of one person`,
	});

	const token = await t.throwsAsync(uploadTo({ ...target, uploadToken: 'another-token-than-theirs' }), {
		instanceOf: PolicyError,
		message: /^party [012]: https:\S+: the token is missing or wrong$/,
	});
	t.regex(token?.hint ?? '', /Start the collector again/);

	const other = parties.map((party, i) => (i === 1 ? { ...party, fingerprint: '0'.repeat(64) } : party));
	const certificate = await t.throwsAsync(uploadTo({ ...target, parties: other }), {
		instanceOf: PolicyError,
		message: /^party 1: \S+: the server has another certificate/,
	});
	t.regex(certificate?.hint ?? '', /the collector is to be started again/);
	t.deepEqual(told, []);

	const open = await openShares(LIMITED, target, retry);
	t.teardown(() => open.close());
	await holders.running.pop()?.close();
	for (const upload of [uploadTo(target), open.upload(pictureOf(LIMITED, 2), freshId(), seededRandom(2), retry)]) {
		const away = await t.throwsAsync(upload, {
			instanceOf: PeerError,
			message: /^party 2: 127\.0\.0\.1:\d+: no answer/,
		});
		t.regex(away?.hint ?? '', /whoever runs the session/);
	}
	t.true(told.some((why) => why !== null && /^party 2: .*next try in/.test(why)));
});
