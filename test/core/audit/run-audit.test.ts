import test from 'ava';
import { type AuditResult, runAudit } from '../../../src/core/audit/run-audit.js';
import {
	type AuditTarget,
	cameraTarget,
	type DrawSummand,
	exactTarget,
	releaseTarget,
} from '../../../src/core/audit/target.js';
import { createMechanism, type Mechanism } from '../../../src/core/average/mechanism.js';
import { drawSummand } from '../../../src/core/average/release-noise.js';
import { seededRandom } from '../average/keystream.js';

const PROMISE = { epsilon: 2, delta: 1e-6, picturesPerPerson: 1 };
const CONFIDENCE = 0.999;

function audit(target: AuditTarget, trials: number, seed = 5): AuditResult {
	const attacks = runAudit(target, { trials, confidence: CONFIDENCE }, seededRandom(seed));
	for (;;) {
		const step = attacks.next();
		if (step.done === true) return step.value;
	}
}

test('right mechanisms at the camera are not contradicted, and the bounds come near their claims', (t) => {
	for (const [parameters, atLeast] of [
		[{ kind: 'one-bit', epsilon: 2 }, 1.8],
		[{ kind: 'one-bit', epsilon: 0.5 }, 0.4],
		[{ kind: 'laplace', epsilon: 1 }, 0.7],
	] as const) {
		const result = audit(cameraTarget(createMechanism(parameters), parameters.kind, 1), 20_000);
		t.is(result.verdict, 'not contradicted');
		t.true(
			result.epsilonAtLeast > atLeast && result.epsilonAtLeast <= parameters.epsilon,
			String(result.epsilonAtLeast),
		);
	}
	const gaussian = createMechanism({ kind: 'gaussian', sigma: 568.772, delta: 1e-6 });
	const { verdict, epsilonAtLeast, gaussian: sharper } = audit(cameraTarget(gaussian, 'gaussian', 1), 20_000);
	t.is(verdict, 'not contradicted');
	t.true(epsilonAtLeast > 0.2 && (sharper?.epsilonAtLeast ?? 0) > epsilonAtLeast);
});

test('several uploads of one person add up in the claim and in what is found', (t) => {
	const mechanism = createMechanism({ kind: 'one-bit', epsilon: 0.5 });
	const [one, four] = [1, 4].map((uploads) => audit(cameraTarget(mechanism, 'one-bit', uploads), 20_000));
	t.is(four.claim.guarantee === 'epsilon' && four.claim.epsilon, 2);
	t.is(four.verdict, 'not contradicted');
	t.true(four.epsilonAtLeast > 2 * one.epsilonAtLeast);
});

test('where nothing is claimed that is said, and the bound is as high as attacks can show', (t) => {
	for (const target of [
		exactTarget(),
		cameraTarget(createMechanism({ kind: 'uniform', amplitude: 128 }), 'uniform', 1),
	]) {
		const { verdict, epsilonAtLeast } = audit(target, 20_000);
		t.is(verdict, 'no claim');
		t.true(epsilonAtLeast > 6, String(epsilonAtLeast));
	}
});

test('sums with noise are not contradicted, for one server nor for others', (t) => {
	for (const picturesPerPerson of [1, 3]) {
		const promise = { ...PROMISE, picturesPerPerson };
		const [server, others] = [2, 3].map((summands) =>
			audit(releaseTarget({ promise, sampleCount: 12, summands }), 30_000),
		);
		t.deepEqual([server.verdict, others.verdict], ['not contradicted', 'not contradicted']);
		// at least half of the cost that is claimed is found, and less for those who know no summand
		t.true((server.gaussian?.rhoAtLeast ?? 0) > 0.5 * (server.gaussian?.claimedRho ?? 1));
		t.true((others.gaussian?.rhoAtLeast ?? 0) < (server.gaussian?.rhoAtLeast ?? 0));
	}
});

/** Each party's noise cut off at so many deviations. */
const clampedAt =
	(deviations: number): DrawSummand =>
	(partySigma, count, words) => {
		const most = Math.round(deviations * partySigma);
		return drawSummand(partySigma, count, words).map((y) => Math.max(-most, Math.min(most, y)));
	};

const caughtInSum = test.macro((t, summands: number, draw: DrawSummand, trials: number) => {
	const { verdict, epsilonAtLeast } = audit(
		releaseTarget({ promise: PROMISE, sampleCount: 12, summands, draw }),
		trials,
	);
	t.is(verdict, 'broken', String(epsilonAtLeast));
});

test('caught: a sum that lacks the noise of one honest server', caughtInSum, 1, drawSummand, 40_000);
test(
	'caught: noise of two thirds of its sigma',
	caughtInSum,
	2,
	(sigma, ...rest) => drawSummand(sigma / 1.5, ...rest),
	40_000,
);
test('caught: noise that is cut off at one sigma', caughtInSum, 2, clampedAt(1), 40_000);
const caughtAtCamera = test.macro((t, wrong: Mechanism, claims: Mechanism) => {
	const target = cameraTarget({ ...wrong, account: claims.account }, 'wrong', 1);
	const { verdict, epsilonAtLeast } = audit(target, 20_000);
	t.is(verdict, 'broken', String(epsilonAtLeast));
});

const oneBit = (epsilon: number): Mechanism => createMechanism({ kind: 'one-bit', epsilon });
const laplace = createMechanism({ kind: 'laplace', epsilon: 1 });
const gaussian = (sigma: number): Mechanism => createMechanism({ kind: 'gaussian', sigma, delta: 1e-6 });

/** Noise, not the noisy value, cut off: what lies beyond tells the two worlds apart. */
const clampedLaplace: Mechanism = {
	...laplace,
	privatize(samples, random) {
		const body = laplace.privatize(samples, random);
		const words = new Int16Array(body.buffer);
		for (const [i, x] of samples.entries()) words[i] = x + Math.max(-1000, Math.min(1000, words[i] - x));
		return body;
	},
};

test('caught: one-bit whose table is of a larger epsilon', caughtAtCamera, oneBit(2.5), oneBit(2));
test('caught: Laplace noise that is cut off at 1,000', caughtAtCamera, clampedLaplace, laplace);
test('caught: Gaussian noise of two thirds of its sigma', caughtAtCamera, gaussian(379), gaussian(568.772));
