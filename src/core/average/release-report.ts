import type { SharesParameters } from './mechanism-parameters.js';
import { epsilonFigure, type PrivacyFigure } from './privacy-figure.js';
import { type ReleasePromise, rhoLeft } from './release-noise.js';
import { epsilonOfZcdp } from './zcdp.js';

/** What the noise of releases guarantees, and to whom. */
export interface ReleaseReport {
	readonly unit: 'picture' | 'person';
	/** Pictures of one person in a batch that the figures hold for. */
	readonly picturesPerPerson: number;
	/** What may be replaced without the releases showing it by more than the figures. */
	readonly neighbours: string;
	/** Who has to be trusted for them. */
	readonly trust: string;
	/** Of the latest release. */
	readonly perRelease: PrivacyFigure;
	/** Of all releases of the session, for somebody who is in each of them; null in a session without a budget. */
	readonly cumulative: PrivacyFigure | null;
	/** zCDP. */
	readonly rho: { readonly latest: number; readonly spent: number; readonly left: number | null };
}

const TRUST =
	'No two of the three servers may work together: two see every picture. One server knows the noise that it entered ' +
	'itself, so the figures count the noise of the two others only; against everybody else there is sqrt(1.5) times as much. ' +
	'Each server keeps the budget by itself. The figures hold whatever all other people send or give away.';

/**
 * The figures of the latest of some noisy releases, and of all together; null where there is none.
 * Derivation: rho-zCDP adds up over releases, whose noise may have been chosen after earlier ones were seen; at the
 * budget's delta the sum becomes an epsilon.
 * Source: Bun, Steinke 2016 (arXiv 1605.02065), Lemma 1.7 (adaptive composition).
 */
export function releaseReport(
	{ budget }: Pick<SharesParameters, 'budget'>,
	releases: readonly { readonly rho: number; readonly promise: ReleasePromise | null }[],
): ReleaseReport | null {
	const noisy = releases.flatMap(({ rho, promise }) => (promise === null ? [] : [{ rho, promise }]));
	const latest = noisy.at(-1);
	if (latest === undefined) return null;
	// figures for several releases hold for the smallest person that one of them protects
	const picturesPerPerson = Math.min(...noisy.map(({ promise }) => promise.picturesPerPerson));
	const spent = noisy.reduce((sum, { rho }) => sum + rho, 0);
	const { epsilon, delta } = latest.promise;
	return {
		...protects(picturesPerPerson),
		perRelease: epsilonFigure(epsilon, delta),
		cumulative: budget === null ? null : epsilonFigure(epsilonOfZcdp(spent, budget.delta), budget.delta),
		rho: { latest: latest.rho, spent, left: budget === null ? null : rhoLeft(budget, spent) },
	};
}

/** What all releases of a session with a budget will guarantee together, however many there are; null without one. */
export function promiseOfBudget({
	budget,
	picturesPerPerson = 1,
}: SharesParameters): Omit<ReleaseReport, 'perRelease' | 'rho'> | null {
	if (budget === null) return null;
	return { ...protects(picturesPerPerson), cumulative: epsilonFigure(budget.epsilon, budget.delta) };
}

function protects(
	picturesPerPerson: number,
): Pick<ReleaseReport, 'unit' | 'picturesPerPerson' | 'neighbours' | 'trust'> {
	const isPicture = picturesPerPerson === 1;
	const replaced = isPicture ? 'one picture of' : `up to ${picturesPerPerson} pictures of one person in`;
	return {
		unit: isPicture ? 'picture' : 'person',
		picturesPerPerson,
		neighbours: `${replaced} each batch replaced by gray 128, their number public`,
		trust: TRUST,
	};
}
