import test from 'ava';
import { noiseFor, rhoOf } from '../../../src/core/average/release-noise.js';
import { epsilonOfZcdp } from '../../../src/core/average/zcdp.js';
import { PolicyError } from '../../../src/core/errors.js';
import { SESSION, startHolders } from './three-holders.js';

const BUDGET = { epsilon: 4, delta: 1e-6 };
const NOISY = { ...SESSION, minBatch: 2, mechanism: { kind: 'shares', bits: 8, budget: BUDGET } } as const;
const SAMPLES = SESSION.width * SESSION.height;

test('the noise in released sums has the sigma that is claimed, and its mean is zero', async (t) => {
	t.timeout(300_000);
	const session = { ...NOISY, mechanism: { ...NOISY.mechanism, budget: { epsilon: 100, delta: 1e-6 } } };
	const holders = await startHolders(t, session);
	const promise = { epsilon: 4, delta: 1e-6, picturesPerPerson: 1 };
	const { totalSigma } = noiseFor(promise, 8, SAMPLES);
	const releases = 40;
	let sum = 0;
	let squares = 0;
	for (let batch = 1; batch <= releases; batch++) {
		const clear = await holders.send(2, 10 * batch);
		const released = await holders.front.release(batch, promise);
		t.is(released.totalSigma, totalSigma);
		for (const [i, value] of released.sums.entries()) {
			sum += value - clear[i];
			squares += (value - clear[i]) ** 2;
		}
	}
	const n = releases * SAMPLES;
	// five standard deviations of the mean, and of the variance of a Gaussian
	t.true(Math.abs(sum / n) < (5 * totalSigma) / Math.sqrt(n), String(sum / n));
	t.true(Math.abs(squares / n / totalSigma ** 2 - 1) < 5 * Math.sqrt(2 / n), String(squares / n / totalSigma ** 2));
});

test('an attempt that is repeated gives the noise that was stored, and is charged once', async (t) => {
	const holders = await startHolders(t, NOISY);
	await holders.send(2, 1);
	const promise = { epsilon: 1, delta: 1e-6, picturesPerPerson: 1 };
	const once = await holders.front.release(1, promise);
	const again = await holders.front.release(1, promise);
	t.deepEqual(again.sums, once.sums);
	const [{ spentRho }] = await holders.front.status();
	t.is(spentRho, once.rho);
});

test('each party refuses what is beyond the budget, and a release without noise', async (t) => {
	const holders = await startHolders(t, NOISY);
	await holders.send(2, 1);
	await t.throwsAsync(holders.front.release(1, null), { instanceOf: PolicyError, message: /without noise/ });
	await holders.front.release(1, { epsilon: 3, delta: 1e-6, picturesPerPerson: 1 });
	await holders.send(2, 7);
	const error = await t.throwsAsync(holders.front.release(2, { epsilon: 3, delta: 1e-6, picturesPerPerson: 1 }), {
		instanceOf: PolicyError,
	});
	t.is(Reflect.get(error ?? {}, 'code'), 'budget-spent');
	const rest = await holders.front.release(2, { epsilon: 2, delta: 1e-6, picturesPerPerson: 1 });
	t.is(rest.count, 2);
	for (const { spentRho } of await holders.front.status()) {
		t.true(spentRho <= rhoOf(BUDGET) * (1 + 1e-9));
		t.true(epsilonOfZcdp(spentRho, BUDGET.delta) <= BUDGET.epsilon + 1e-5);
	}
});
