import test from 'ava';
import { privacyReport } from '../../../src/core/average/accounting.js';
import {
	deltaOfGaussianSample,
	epsilonOfGaussianSample,
	sigmaFor,
} from '../../../src/core/average/gaussian-privacy.js';
import { createGaussianTails } from '../../../src/core/average/gaussian-tails.js';
import { createMechanism } from '../../../src/core/average/mechanism.js';
import { describeFigure } from '../../../src/core/average/privacy-figure.js';
import type { MechanismParameters, SessionParameters } from '../../../src/core/average/session.js';
import { epsilonOfZcdp } from '../../../src/core/average/zcdp.js';
import { UserError } from '../../../src/core/errors.js';

function sessionWith(mechanism: MechanismParameters, channels: 1 | 3 = 1): SessionParameters {
	return { name: 'room', width: 320, height: 240, channels, mechanism, minBatch: 20 };
}

const closeTo = (actual: number, expected: number, relative: number) =>
	Math.abs(actual - expected) <= relative * Math.abs(expected);

test('expected errors at worst: 276 for one-bit, 361 / epsilon for Laplace, sqrt(A (A + 1) / 3) for uniform', (t) => {
	const rmse = (mechanism: MechanismParameters, count: number) => createMechanism(mechanism).expectedRmse(count);
	t.true(closeTo(rmse({ kind: 'one-bit', epsilon: 1 }, 1), 276, 5e-4));
	t.true(closeTo(rmse({ kind: 'one-bit', epsilon: 1 }, 10_000), 2.76, 5e-4));
	t.true(closeTo(rmse({ kind: 'laplace', epsilon: 1 }, 1), 361, 2e-3));
	t.true(closeTo(rmse({ kind: 'laplace', epsilon: 0.5 }, 100), 72.2, 2e-3));
	t.is(rmse({ kind: 'uniform', amplitude: 128 }, 1), Math.sqrt((128 * 129) / 3));
	t.true(closeTo(rmse({ kind: 'uniform', amplitude: 128 }, 1000), 2.346, 1e-3));
	t.true(closeTo(rmse({ kind: 'gaussian', sigma: 100, delta: 1e-6 }, 400), 5, 1e-9));
});

test('the error of one-bit is smaller at black and white than at gray', (t) => {
	const mechanism = createMechanism({ kind: 'one-bit', epsilon: 1 });
	// p (1 - p) (255 / tanh(1/2))^2 with p = 1 / (1 + e): 0.19661 * 551.8^2
	t.true(closeTo(mechanism.varianceOfMean(0, 1), 0.196612 * 551.806 ** 2, 1e-4));
	t.is(mechanism.varianceOfMean(0, 1), mechanism.varianceOfMean(255, 1));
	t.true(closeTo(mechanism.expectedRmse(1, new Uint8Array(9)), Math.sqrt(mechanism.varianceOfMean(0, 1)), 1e-12));
	t.true(mechanism.worstVarianceOfMean(1) >= mechanism.varianceOfMean(128, 1));
});

test('pure epsilon adds up over samples, pixels, pictures and uploads', (t) => {
	const { units, deltaPerGrayLevel } = privacyReport(sessionWith({ kind: 'one-bit', epsilon: 2 }, 3), {
		picturesPerPerson: 5,
	});
	t.is(deltaPerGrayLevel, null);
	const epsilons = units.map(({ unit, perRelease, cumulative }) => {
		if (perRelease.guarantee === 'none' || cumulative.guarantee === 'none') return t.fail();
		return [unit, perRelease.epsilon, perRelease.meaningful, cumulative.epsilon];
	});
	t.deepEqual(epsilons, [
		['sample', 2, true, 10],
		['pixel', 6, true, 30],
		['picture', 460_800, false, 460_800],
		['person', 460_800, false, 2_304_000],
	]);
});

test('uniform noise guarantees no epsilon, and delta by the share of outputs that are told apart', (t) => {
	const { units, deltaPerGrayLevel } = privacyReport(sessionWith({ kind: 'uniform', amplitude: 500 }), {
		picturesPerPerson: 2,
	});
	t.is(deltaPerGrayLevel, 1 / 1001);
	t.deepEqual(
		units.map(({ unit }) => unit),
		['sample', 'picture', 'person'],
	);
	const [sample, picture] = units;
	t.deepEqual(sample.perRelease, { guarantee: 'none', delta: 255 / 1001 });
	// Two uploads: 1 - (746/1001)^2
	t.true(closeTo(sample.cumulative.guarantee === 'none' ? sample.cumulative.delta : 0, 1 - (746 / 1001) ** 2, 1e-12));
	t.deepEqual(picture.perRelease, { guarantee: 'none', delta: 1 });
	const small = privacyReport(sessionWith({ kind: 'uniform', amplitude: 100 }), { picturesPerPerson: 1 });
	t.deepEqual(small.units[0].perRelease, { guarantee: 'none', delta: 1 });
});

test('zCDP converts as worked by hand', (t) => {
	// rho = 1/2, delta = 1e-6: the simple bound rho + 2 sqrt(rho ln(1/delta)) = 5.757; the tight one, at alpha = 5.9070,
	// is 2.9535 + ln(1 - 1/5.9070) + (13.8155 - ln 5.9070) / 4.9070 = 2.9535 - 0.1855 + 2.4535.
	t.true(closeTo(epsilonOfZcdp(0.5, 1e-6), 5.2215, 1e-5), String(epsilonOfZcdp(0.5, 1e-6)));
	// The other direction, Corollary 13: delta = e^((alpha - 1)(alpha rho - epsilon)) / (alpha - 1) (1 - 1/alpha)^alpha.
	const alpha = 5.907;
	const excess = alpha - 1;
	const delta = (Math.exp(excess * (alpha / 2 - epsilonOfZcdp(0.5, 1e-6))) / excess) * (1 - 1 / alpha) ** alpha;
	t.true(closeTo(delta, 1e-6, 1e-4), String(delta));
	for (const rho of [1e-6, 1e-3, 0.1, 1, 10, 1e4]) {
		for (const delta of [1e-12, 1e-6, 1e-2]) {
			t.true(epsilonOfZcdp(rho, delta) <= rho + 2 * Math.sqrt(rho * Math.log(1 / delta)) + 1e-6);
			t.true(epsilonOfZcdp(rho, delta) >= 0);
		}
	}
});

test('zCDP of one sample is never below the exact figure', (t) => {
	for (const sigma of [50, 100, 500, 2000]) {
		for (const delta of [1e-9, 1e-6, 1e-3]) {
			const exact = epsilonOfGaussianSample(createGaussianTails(sigma), delta);
			const converted = epsilonOfZcdp(255 ** 2 / (2 * sigma ** 2), delta);
			t.true(exact <= converted && converted < exact + 0.35 * exact + 0.2, `sigma ${sigma}: ${exact}, ${converted}`);
		}
	}
});

test('the exact delta of one sample equals the sum over all outputs', (t) => {
	for (const [sigma, epsilon, distance] of [
		[3, 1, 1],
		[10, 2, 7],
		[100, 5, 255],
		[255, 1, 255],
	]) {
		const weight = (y: number) => Math.exp(-(y ** 2) / (2 * sigma ** 2));
		let total = 0;
		let delta = 0;
		for (let y = -40 * sigma - 300; y <= 40 * sigma + 300; y++) {
			total += weight(y);
			delta += Math.max(0, weight(y) - Math.exp(epsilon) * weight(y - distance));
		}
		t.true(closeTo(deltaOfGaussianSample(createGaussianTails(sigma), epsilon, distance), delta / total, 1e-6));
	}
});

test('255 is the worst distance of two gray levels', (t) => {
	const tails = createGaussianTails(120);
	for (const epsilon of [0.5, 3, 10]) {
		for (let distance = 2; distance <= 255; distance++) {
			const delta = deltaOfGaussianSample(tails, epsilon, distance);
			if (delta < deltaOfGaussianSample(tails, epsilon, distance - 1)) t.fail(`${epsilon}, ${distance}`);
		}
	}
	t.pass();
});

test('the reported epsilon of a Gaussian sample keeps its delta, and 2e-6 less would not', (t) => {
	for (const [sigma, delta] of [
		[1, 1e-6],
		[100, 1e-6],
		[1000, 1e-9],
		[3500, 1e-3],
	]) {
		const tails = createGaussianTails(sigma);
		const epsilon = epsilonOfGaussianSample(tails, delta);
		t.true(deltaOfGaussianSample(tails, epsilon) <= delta, `sigma ${sigma}`);
		t.true(deltaOfGaussianSample(tails, epsilon - 2e-6 * Math.max(1, epsilon)) > delta, `sigma ${sigma}`);
	}
});

test('sigmaFor gives the smallest sigma of the grid', (t) => {
	for (const [epsilon, delta] of [
		[1, 1e-6],
		[4, 1e-6],
		[0.5, 1e-3],
	]) {
		const sigma = sigmaFor(epsilon, delta);
		t.true(deltaOfGaussianSample(createGaussianTails(sigma), epsilon) <= delta);
		t.true(deltaOfGaussianSample(createGaussianTails(sigma - 0.001), epsilon) > delta);
		const account = createMechanism({ kind: 'gaussian', sigma, delta }).account();
		t.true(account.kind === 'concentrated' && account.epsilon <= epsilon + 1e-6);
	}
	t.throws(() => sigmaFor(0.01, 1e-6), { instanceOf: UserError, message: /needs a sigma above 8192/ });
	t.throws(() => sigmaFor(Number.NaN, 1e-6), { instanceOf: UserError });
	t.throws(() => sigmaFor(1, 0), { instanceOf: UserError });
});

test('the continuous analytic Gaussian is met: epsilon 1, delta 1e-6 needs sigma = 4.2247 sensitivities', (t) => {
	// Balle and Wang 2018: Phi(d/2s - e s/d) - e^epsilon Phi(-d/2s - e s/d) = delta, solved apart from this code.
	t.true(closeTo(sigmaFor(1, 1e-6), 4.2247 * 255, 1e-3), String(sigmaFor(1, 1e-6) / 255));
});

test('Gaussian figures: exact for one sample, converted zCDP for more', (t) => {
	const report = privacyReport(sessionWith({ kind: 'gaussian', sigma: 1000, delta: 1e-6 }), { picturesPerPerson: 3 });
	const [sample, picture, person] = report.units;
	const rho = 255 ** 2 / 2e6;
	const epsilonOf = (figure: typeof sample.perRelease) => (figure.guarantee === 'epsilon' ? figure.epsilon : -1);
	t.is(epsilonOf(sample.perRelease), epsilonOfGaussianSample(createGaussianTails(1000), 1e-6));
	t.is(epsilonOf(sample.cumulative), epsilonOfZcdp(3 * rho, 1e-6));
	t.is(epsilonOf(picture.perRelease), epsilonOfZcdp(76_800 * rho, 1e-6));
	t.is(epsilonOf(person.cumulative), epsilonOfZcdp(3 * 76_800 * rho, 1e-6));
});

test('figures are shown with what they are worth', (t) => {
	t.is(describeFigure({ guarantee: 'epsilon', epsilon: 2, delta: 0, meaningful: true }), 'epsilon 2');
	t.is(
		describeFigure({ guarantee: 'epsilon', epsilon: 1.5, delta: 1e-6, meaningful: true }),
		'epsilon 1.5, delta 1e-6',
	);
	t.is(
		describeFigure({ guarantee: 'epsilon', epsilon: 153_600, delta: 0, meaningful: false }),
		'epsilon 153,600: not meaningful',
	);
	t.is(describeFigure({ guarantee: 'none', delta: 0.992217 }), 'none (delta 0.99)');
});
