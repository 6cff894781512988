import test from 'ava';
import { incompleteBeta, lowerBound, upperBound } from '../../../src/core/audit/clopper-pearson.js';
import { normalQuantile } from '../../../src/core/audit/normal-quantile.js';

/** P(hits or more of trials), added up; in logarithms, since the first terms may be below what a double holds. */
function tail(hits: number, trials: number, p: number): number {
	let [logTerm, sum] = [trials * Math.log1p(-p), 0];
	for (let k = 0; k <= trials; k++) {
		if (k >= hits) sum += Math.exp(logTerm);
		logTerm += Math.log((trials - k) / (k + 1)) + Math.log(p) - Math.log1p(-p);
	}
	return sum;
}

test('the bounds of Clopper and Pearson are where the binomial tail has the chance asked for', (t) => {
	for (const [hits, trials] of [
		[1, 10],
		[10, 100],
		[99, 100],
		[3, 700],
		[350, 700],
	]) {
		for (const alpha of [0.025, 1e-4]) {
			const low = lowerBound(hits, trials, alpha);
			t.true(Math.abs(tail(hits, trials, low) / alpha - 1) < 1e-8, `${hits} of ${trials}`);
			const high = upperBound(hits, trials, alpha);
			// so few or fewer hits are so many or more misses
			t.true(Math.abs(tail(trials - hits, trials, 1 - high) / alpha - 1) < 1e-8, `${hits} of ${trials}`);
			t.true(low < hits / trials && hits / trials < high);
		}
	}
});

test('the bounds of 10 of 100 are those of the tables, and the ends are exact', (t) => {
	t.is(lowerBound(10, 100, 0.025).toFixed(4), '0.0490');
	t.is(upperBound(10, 100, 0.025).toFixed(4), '0.1762');
	t.is(lowerBound(0, 50, 0.01), 0);
	t.is(upperBound(50, 50, 0.01), 1);
	t.true(Math.abs(lowerBound(50, 50, 0.01) - 0.01 ** (1 / 50)) < 1e-12);
	// the rule of three: none of n seen, at most about 3/n
	t.true(Math.abs(upperBound(0, 10_000, 0.05) * 10_000 - 2.9957) < 1e-3);
	t.true(Math.abs(lowerBound(250_000, 1_000_000, 0.001) - (0.25 - 3.09 * Math.sqrt(0.1875 / 1e6))) < 1e-5);
});

test('the incomplete beta function has its closed forms', (t) => {
	for (const x of [0, 0.01, 0.3, 0.5, 0.9, 1]) {
		t.true(Math.abs(incompleteBeta(x, 1, 7) - (1 - (1 - x) ** 7)) < 1e-12);
		t.true(Math.abs(incompleteBeta(x, 2, 2) - (3 * x ** 2 - 2 * x ** 3)) < 1e-12);
		t.true(Math.abs(incompleteBeta(x, 20, 30) + incompleteBeta(1 - x, 30, 20) - 1) < 1e-12);
	}
});

test('quantiles of the normal distribution are those of the tables', (t) => {
	for (const [p, x] of [
		[0.5, 0],
		[0.975, 1.959_963_985],
		[0.999, 3.090_232_306],
		[1e-6, -4.753_424_309],
		[1e-12, -7.034_483_825],
		[0.6, 0.253_347_103],
	]) {
		t.true(Math.abs(normalQuantile(p) - x) < 1e-6, `${p}: ${normalQuantile(p)}`);
	}
	t.is(normalQuantile(0), Number.NEGATIVE_INFINITY);
	t.is(normalQuantile(1), Number.POSITIVE_INFINITY);
});
