import test from 'ava';
import { type AuditResult, runAudit } from '../../../src/core/audit/run-audit.js';
import {
	exactTarget,
	type OpenSum,
	type ReleaseTargetOptions,
	releaseTarget,
} from '../../../src/core/audit/sum-target.js';
import { type AuditTarget, cameraTarget } from '../../../src/core/audit/target.js';
import { createMechanism, type Mechanism } from '../../../src/core/average/mechanism.js';
import { type DrawOwnNoise, drawOwnNoise } from '../../../src/services/shares/own-noise.js';
import { createSumHere } from '../../../src/services/shares/sum-here.js';
import { seededRandom } from '../average/keystream.js';

const PROMISE = { epsilon: 2, delta: 1e-6, picturesPerPerson: 1 };
const CONFIDENCE = 0.999;

async function audit(target: AuditTarget, trials: number, seed = 5): Promise<AuditResult> {
	const attacks = runAudit(target, { trials, confidence: CONFIDENCE }, seededRandom(seed));
	for (;;) {
		const step = await attacks.next();
		if (step.done === true) return step.value;
	}
}

test('right mechanisms at the camera are not contradicted, and the bounds come near their claims', async (t) => {
	for (const [parameters, atLeast] of [
		[{ kind: 'one-bit', epsilon: 2 }, 1.8],
		[{ kind: 'one-bit', epsilon: 0.5 }, 0.4],
		[{ kind: 'laplace', epsilon: 1 }, 0.7],
	] as const) {
		const result = await audit(cameraTarget(createMechanism(parameters), parameters.kind, 1), 20_000);
		t.is(result.verdict, 'not contradicted');
		t.true(
			result.epsilonAtLeast > atLeast && result.epsilonAtLeast <= parameters.epsilon,
			String(result.epsilonAtLeast),
		);
	}
	const gaussian = createMechanism({ kind: 'gaussian', sigma: 568.772, delta: 1e-6 });
	const { verdict, epsilonAtLeast, gaussian: sharper } = await audit(cameraTarget(gaussian, 'gaussian', 1), 20_000);
	t.is(verdict, 'not contradicted');
	t.true(epsilonAtLeast > 0.2 && (sharper?.epsilonAtLeast ?? 0) > epsilonAtLeast);
});

test('several uploads of one person add up in the claim and in what is found', async (t) => {
	const mechanism = createMechanism({ kind: 'one-bit', epsilon: 0.5 });
	const one = await audit(cameraTarget(mechanism, 'one-bit', 1), 20_000);
	const four = await audit(cameraTarget(mechanism, 'one-bit', 4), 20_000);
	t.is(four.claim.guarantee === 'epsilon' && four.claim.epsilon, 2);
	t.is(four.verdict, 'not contradicted');
	t.true(four.epsilonAtLeast > 2 * one.epsilonAtLeast);
});

test('where nothing is claimed that is said, and the bound is as high as attacks can show', async (t) => {
	for (const target of [
		exactTarget(createSumHere()),
		cameraTarget(createMechanism({ kind: 'uniform', amplitude: 128 }), 'uniform', 1),
	]) {
		const { verdict, epsilonAtLeast } = await audit(target, 20_000);
		t.is(verdict, 'no claim');
		t.true(epsilonAtLeast > 6, String(epsilonAtLeast));
	}
});

function sumsOf(options: Partial<ReleaseTargetOptions>): AuditTarget {
	return releaseTarget({
		...{ promise: PROMISE, bits: 8, sampleCount: 12, isServer: true, openSum: createSumHere() },
		...options,
	});
}

test('sums with noise that three parties open are not contradicted, for one server nor for others', async (t) => {
	for (const [bits, picturesPerPerson, share] of [
		[8, 3, 0.5],
		// gray is a bit of chance in one world, so that the two lie half as far apart: a quarter of the cost
		[1, 10, 0.05],
	] as const) {
		const promise = { ...PROMISE, picturesPerPerson };
		const server = await audit(sumsOf({ promise, bits }), 30_000);
		const others = await audit(sumsOf({ promise, bits, isServer: false }), 30_000);
		t.deepEqual([server.verdict, others.verdict], ['not contradicted', 'not contradicted']);
		// so much of the cost that is claimed is found at least, and less for those who know no summand
		t.true((server.gaussian?.rhoAtLeast ?? 0) > share * (server.gaussian?.claimedRho ?? 1), `${bits} bits`);
		t.true((others.gaussian?.rhoAtLeast ?? 0) < (server.gaussian?.rhoAtLeast ?? 0));
	}
});

test('a sum that three parties open is that of the pictures and of what each drew', async (t) => {
	const drawn: Float64Array[] = [];
	const draw: DrawOwnNoise = async (...args) => {
		const own = await drawOwnNoise(...args);
		drawn.push(new Float64Array(own.slice().buffer));
		return own;
	};
	const pictures = [0, 255, 7].map((gray) => new Uint8Array(300).fill(gray));
	const noise = { partySigma: 50, totalSigma: 50 * Math.sqrt(3), rho: 1 };
	const { sums, ownNoise } = await createSumHere(draw)({ pictures, bits: 8, noise }, seededRandom(3));
	t.is(drawn.length, 3);
	t.deepEqual(ownNoise, drawn[0]);
	for (const [i, sum] of sums.entries()) t.is(sum, 262 + drawn[0][i] + drawn[1][i] + drawn[2][i]);
	t.true(sums.some((sum) => sum < 262) && sums.some((sum) => sum > 262));
	const exact = await createSumHere()({ pictures, bits: 8, noise: null }, seededRandom(3));
	t.deepEqual(exact.sums, new Float64Array(300).fill(262));
});

/** Each party's noise cut off at so many deviations. */
const clampedAt =
	(deviations: number): DrawOwnNoise =>
	async (partySigma, ...rest) => {
		const most = Math.round(deviations * partySigma);
		const drawn = new Float64Array((await drawOwnNoise(partySigma, ...rest)).buffer);
		return new Uint8Array(drawn.map((y) => Math.max(-most, Math.min(most, y))).buffer);
	};

const weaker: DrawOwnNoise = (partySigma, ...rest) => drawOwnNoise(partySigma / 1.5, ...rest);

/** One of the two parties that the attacker does not know enters nothing. */
const lacksOne: OpenSum = async (request, random) => {
	let party = 0;
	const draw: DrawOwnNoise = async (sigma, count, words) =>
		party++ === 1 ? new Uint8Array(8 * count) : await drawOwnNoise(sigma, count, words);
	return createSumHere(draw)(request, random);
};

const caughtInSum = test.macro(async (t, openSum: OpenSum) => {
	const { verdict, epsilonAtLeast } = await audit(sumsOf({ openSum, sampleCount: 6 }), 40_000);
	t.is(verdict, 'broken', String(epsilonAtLeast));
});

test('caught: a sum that lacks the noise of one honest server', caughtInSum, lacksOne);
test('caught: noise of two thirds of its sigma', caughtInSum, createSumHere(weaker));
test('caught: noise that is cut off at one sigma', caughtInSum, createSumHere(clampedAt(1)));

const caughtAtCamera = test.macro(async (t, wrong: Mechanism, claims: Mechanism) => {
	const target = cameraTarget({ ...wrong, account: claims.account }, 'wrong', 1);
	const { verdict, epsilonAtLeast } = await audit(target, 20_000);
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
