import type { PrivacyReport, UnitFigures } from '../core/average/accounting.js';
import type { PrivacyFigure } from '../core/average/privacy-figure.js';
import type { SessionDescription, SharesTarget } from '../core/average/session-description.js';
import type { Texts } from './texts/en.js';

/** Unit: dB, of the best guess from one upload. */
const FAIR_DB = 15;
const GOOD_DB = 20;

type KnownGuess = { readonly psnrDb: number | null } | undefined;

/** What a session protects and what not, in sentences; the guess is undefined while it is being made. */
export function privacySentences(
	texts: Texts,
	session: Pick<SessionDescription, 'mechanism' | 'shares'>,
	report: PrivacyReport,
	guess: KnownGuess,
): string[] {
	const own =
		session.mechanism.kind === 'shares' ? sharesSentences(texts, session, guess) : noiseSentences(texts, report, guess);
	return [...own, texts.seen, texts.honestPage, texts.final];
}

function noiseSentences(texts: Texts, report: PrivacyReport, guess: KnownGuess): string[] {
	const sample = report.units.find(({ unit }) => unit === 'sample');
	return [
		...(sample === undefined ? [] : [sampleSentence(texts, sample, report.picturesPerPerson)]),
		texts.wholePicture,
		guessSentence(texts, guess),
		texts.eachCosts,
	];
}

/** Three servers of one owner are one server. */
export function isOnOneComputer(shares: SharesTarget | undefined): boolean {
	return new Set(shares?.parties.map(({ url }) => new URL(url).hostname)).size === 1;
}

function sharesSentences(
	texts: Texts,
	{ mechanism, shares }: Pick<SessionDescription, 'mechanism' | 'shares'>,
	guess: KnownGuess,
): string[] {
	const budget = mechanism.kind === 'shares' ? mechanism.budget : null;
	return [
		texts.oneServer,
		...(guess === undefined || guess.psnrDb === null ? [] : [texts.guessPoor(guess.psnrDb)]),
		texts.twoServers,
		...(isOnOneComputer(shares) ? [texts.oneComputer] : []),
		budget === null ? texts.exactSum : texts.noisySum(budget.epsilon, budget.delta),
	];
}

/**
 * For two values held for equally likely, a bound of epsilon on the ratio of their likelihoods bounds the belief in either
 * by e^epsilon / (1 + e^epsilon); without an epsilon, delta is the chance that an upload rules one of them out.
 */
function sampleSentence(texts: Texts, { perRelease, cumulative }: UnitFigures, count: number): string {
	if (perRelease.guarantee === 'none' || cumulative.guarantee === 'none') {
		return texts.onePixelLeak(cumulative.delta, count);
	}
	const sentence = texts.onePixel(sureness(perRelease), sureness(cumulative), count);
	return cumulative.delta > 0 ? `${sentence} ${texts.slip(cumulative.delta)}` : sentence;
}

function sureness({ epsilon }: Extract<PrivacyFigure, { guarantee: 'epsilon' }>): number {
	return 1 / (1 + Math.exp(-epsilon));
}

function guessSentence(texts: Texts, guess: KnownGuess): string {
	if (guess === undefined) return texts.guessPending;
	const { psnrDb } = guess;
	if (psnrDb === null) return texts.guessExact;
	if (psnrDb < FAIR_DB) return texts.guessPoor(psnrDb);
	return psnrDb < GOOD_DB ? texts.guessFair(psnrDb) : texts.guessGood(psnrDb);
}
