import test from 'ava';
import { equalErrorRate, rateAtMost, ratesAt, thresholdFor, trialsFor } from '../../../src/core/face/error-rates.js';

/** Squared distances of integers, as `facePairs` gives them. */
function pairs(same: readonly number[], different: readonly number[]) {
	const squares = (distances: readonly number[]): Int32Array =>
		Int32Array.from(distances, (distance) => (distance * 1024) ** 2).sort();
	return { same: squares(same), different: squares(different) };
}

const four = pairs([0.2, 0.3, 0.5, 0.7], [0.4, 0.6, 0.8, 0.9]);

test('rates at thresholds, counted by hand', (t) => {
	t.deepEqual(ratesAt(four, 0.35), { threshold: 0.35, falseAccepts: 0, far: 0, falseRejects: 2, frr: 0.5 });
	t.deepEqual(ratesAt(four, 0.55), { threshold: 0.55, falseAccepts: 1, far: 0.25, falseRejects: 1, frr: 0.25 });
	t.deepEqual(ratesAt(four, 1), { threshold: 1, falseAccepts: 4, far: 1, falseRejects: 0, frr: 0 });
});

test('a distance that is the threshold is no match, as the parties decide', (t) => {
	const halves = pairs([0.5], [0.5]);
	t.is(ratesAt(halves, 0.5).far, 0);
	t.is(ratesAt(halves, 0.5).frr, 1);
	t.is(ratesAt(halves, 0.501).far, 1);
});

test('the equal error rate, by hand: where the curves cross, in a gap, and where they jump past each other', (t) => {
	const crossing = equalErrorRate(four);
	t.is(crossing.eer, 0.25);
	t.true(Math.abs(crossing.threshold - 0.55) < 0.001);
	const apart = equalErrorRate(pairs([0.2, 0.3], [0.7, 0.8, 0.9]));
	t.is(apart.eer, 0);
	t.true(Math.abs(apart.threshold - 0.5) < 0.001);
	// 0 and 1/2 below 0.5, 2/3 and 0 above
	const jump = equalErrorRate(pairs([0.2, 0.5], [0.5, 0.5, 0.9]));
	t.is(jump.eer, 0.25);
	// all wrong: everybody is nearer to strangers
	t.is(equalErrorRate(pairs([0.9, 0.9], [0.1, 0.1])).eer, 1);
});

test('the threshold for a wanted rate is the largest of three decimals that keeps it', (t) => {
	t.is(thresholdFor(four, 0.25, 2), 0.599);
	t.is(ratesAt(four, 0.599).far, 0.25);
	t.is(thresholdFor(four, 0.24, 2), 0.399);
	t.is(ratesAt(four, 0.399).far, 0);
	t.is(thresholdFor(four, 1, 2), 2);
	t.is(thresholdFor(pairs([0.2], [0, 0.9]), 0.1, 2), undefined);
	t.is(thresholdFor(pairs([0.2], [0, 0.9]), 0.5, 2), 0.899);
});

test('what a count of errors leaves possible is what SciPy 1.17 says: beta.ppf(0.95, k + 1, n - k)', (t) => {
	for (const [errors, trials, expected] of [
		[0, 100, 0.029513049607039925],
		[0, 3000, 0.0009980790119965865],
		[1, 100, 0.046559811453538935],
		[5, 100, 0.1022533776432745],
		[11, 231, 0.07759010207511309],
		[900, 100_000, 0.00950692281328586],
	] as const) {
		t.true(Math.abs(rateAtMost(errors, trials) / expected - 1) < 1e-9, `${errors} of ${trials}`);
	}
	t.is(rateAtMost(7, 7), 1);
});

test('the rule of three: so many pairs without an error, and one fewer is not enough', (t) => {
	for (const rate of [0.1, 0.01, 0.001]) {
		const trials = trialsFor(rate);
		t.true(Math.abs((trials * rate) / 3 - 1) < 0.06);
		t.true(rateAtMost(0, trials) <= rate);
		t.true(rateAtMost(0, trials - 1) > rate);
	}
});
