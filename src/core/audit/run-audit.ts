import { epsilonOfGaussianSample } from '../average/gaussian-privacy.js';
import { createGaussianTails } from '../average/gaussian-tails.js';
import type { RandomSource } from '../random.js';
import { lowerBound, upperBound } from './clopper-pearson.js';
import { normalQuantile } from './normal-quantile.js';
import type { AuditTarget, World } from './target.js';

export interface AuditOptions {
	/** Attacks, half of them in each world. */
	readonly trials: number;
	/** Chance that all bounds of one target hold. */
	readonly confidence: number;
}

/** What attacks on one target found. */
export interface AuditResult {
	readonly name: string;
	readonly protects: string;
	readonly ran: string;
	readonly claim: AuditTarget['claim'];
	/** Lower bound at the claim's delta, whatever the noise is like; 0 where nothing was found. */
	readonly epsilonAtLeast: number;
	/** Sharper ones, for noise that is Gaussian; null for other noise. */
	readonly gaussian: {
		readonly epsilonAtLeast: number;
		readonly rhoAtLeast: number;
		readonly claimedRho: number;
	} | null;
	/** Attacks in each world that were counted; others chose the test. */
	readonly counted: number;
	readonly verdict: 'not contradicted' | 'broken' | 'no claim';
}

/** Of the attacks, those that choose a test; the rest is counted with it, so that the choice costs no confidence. */
const LEARNING_SHARE = 0.25;
const THRESHOLDS = 300;

/** Guess `world` where a statistic is at least (or at most) a threshold. */
interface Guess {
	readonly statistic: number;
	readonly threshold: number;
	readonly isAbove: boolean;
	readonly world: World;
}

/**
 * Attacks one target, and gives back lower bounds; yields how many attacks are done.
 * Derivation: with (epsilon, delta)-DP, P1(guess) <= e^epsilon P0(guess) + delta for every test, so
 * epsilon >= ln((P1 - delta) / P0). Both probabilities are bounded by Clopper and Pearson on attacks that did not choose
 * the test. Where the noise is Gaussian, a test between worlds mu deviations apart has
 * normalQuantile(P1) - normalQuantile(P0) <= mu, and mu^2/2 is the rho of zCDP. Four one-sided bounds share the doubt.
 * Source: Jagielski, Ullman, Oprea 2020 (arXiv 2006.07709), Section 4; Nasr et al. 2023 (arXiv 2302.07956), Section 4.
 */
export async function* runAudit(
	target: AuditTarget,
	{ trials, confidence }: AuditOptions,
	random: RandomSource,
): AsyncGenerator<number, AuditResult> {
	const perWorld = Math.floor(trials / 2);
	const learning = Math.floor(LEARNING_SHARE * perWorld);
	const alpha = (1 - confidence) / 4;
	const seen: Float64Array[][] = [[], []];
	for (const world of [0, 1] as const) {
		for (let done = 0; done < perWorld; done += target.attacksAtOnce) {
			const attacks = Math.min(target.attacksAtOnce, perWorld - done);
			for (const [i, values] of (await target.observe(world, attacks, random)).entries()) {
				seen[world][i] ??= new Float64Array(perWorld);
				seen[world][i].set(values, done);
			}
			yield world * perWorld + done + attacks;
		}
	}
	const { claim, claimedRho } = target;
	const delta = claim.guarantee === 'epsilon' ? claim.delta : 0;
	const part = (from: number, to: number) =>
		seen.map((statistics) => statistics.map((values) => values.subarray(from, to)));
	const [chosen, counted] = [part(0, learning), part(learning, perWorld)];
	const bounds = { alpha, delta };
	const epsilonAtLeast = Math.max(
		0,
		best(chosen, counted, (rates) => epsilonOf(rates, bounds)),
	);
	const mu =
		claimedRho === null
			? null
			: Math.max(
					0,
					best(chosen, counted, (rates) => muOf(rates, bounds)),
				);
	const gaussian =
		mu === null || claimedRho === null
			? null
			: { epsilonAtLeast: epsilonOfMu(mu, delta), rhoAtLeast: (mu * mu) / 2, claimedRho };
	const isBroken =
		claim.guarantee === 'epsilon' &&
		(epsilonAtLeast > claim.epsilon ||
			(gaussian !== null && (gaussian.epsilonAtLeast > claim.epsilon || gaussian.rhoAtLeast > gaussian.claimedRho)));
	return {
		...{ name: target.name, protects: target.protects, ran: target.ran, claim, epsilonAtLeast, gaussian },
		counted: perWorld - learning,
		verdict: claim.guarantee === 'none' ? 'no claim' : isBroken ? 'broken' : 'not contradicted',
	};
}

/** How often a guess was made where it is right, and where it is wrong. */
interface Rates {
	readonly right: number;
	readonly wrong: number;
	readonly trials: number;
}

type Seen = readonly (readonly Float64Array[])[];

/** The score that the best guess on some attacks has on others. */
function best(chosen: Seen, counted: Seen, score: (rates: Rates) => number): number {
	let [bestGuess, bestScore]: [Guess | null, number] = [null, Number.NEGATIVE_INFINITY];
	for (const guess of guesses(chosen)) {
		const value = score(ratesOf(guess, chosen));
		if (value > bestScore) [bestGuess, bestScore] = [guess, value];
	}
	return bestGuess === null ? 0 : score(ratesOf(bestGuess, counted));
}

function* guesses(chosen: Seen): Generator<Guess> {
	for (const statistic of chosen[0].keys()) {
		const values = Float64Array.of(...chosen[0][statistic], ...chosen[1][statistic]).sort();
		const thresholds = new Set<number>();
		for (let i = 0; i <= THRESHOLDS; i++) thresholds.add(values[Math.round((i / THRESHOLDS) * (values.length - 1))]);
		for (const threshold of thresholds) {
			for (const isAbove of [true, false])
				for (const world of [0, 1] as const) yield { statistic, threshold, isAbove, world };
		}
	}
}

function ratesOf({ statistic, threshold, isAbove, world }: Guess, seen: Seen): Rates {
	const hits = (values: Float64Array): number => {
		let count = 0;
		for (const value of values) if (isAbove ? value >= threshold : value <= threshold) count++;
		return count;
	};
	const [right, wrong] = [seen[world][statistic], seen[1 - world][statistic]];
	return { right: hits(right), wrong: hits(wrong), trials: right.length };
}

function epsilonOf({ right, wrong, trials }: Rates, { alpha, delta }: { alpha: number; delta: number }): number {
	const gain = lowerBound(right, trials, alpha) - delta;
	return gain <= 0 ? Number.NEGATIVE_INFINITY : Math.log(gain / upperBound(wrong, trials, alpha));
}

function muOf({ right, wrong, trials }: Rates, { alpha }: { alpha: number }): number {
	return normalQuantile(lowerBound(right, trials, alpha)) - normalQuantile(upperBound(wrong, trials, alpha));
}

/** The exact epsilon at delta of Gaussian noise whose worlds lie mu deviations apart; 0 below what shows. */
function epsilonOfMu(mu: number, delta: number): number {
	return mu < 1e-3 ? 0 : epsilonOfGaussianSample(createGaussianTails(255 / mu), delta);
}
