import type { PrivacyReport, UnitFigures } from '../core/average/accounting.js';
import type { PrivacyFigure } from '../core/average/privacy-figure.js';
import type { Texts } from './texts/en.js';

/** Unit: dB, of the best guess from one upload. */
const FAIR_DB = 15;
const GOOD_DB = 20;

/** What the noise protects and what not, in sentences; `psnrDb` is undefined while the guess is being made. */
export function privacySentences(
	texts: Texts,
	report: PrivacyReport,
	guess: { readonly psnrDb: number | null } | undefined,
): string[] {
	const sample = report.units.find(({ unit }) => unit === 'sample');
	return [
		...(sample === undefined ? [] : [sampleSentence(texts, sample, report.picturesPerPerson)]),
		texts.wholePicture,
		guessSentence(texts, guess),
		texts.eachCosts,
		texts.seen,
		texts.final,
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

function guessSentence(texts: Texts, guess: { readonly psnrDb: number | null } | undefined): string {
	if (guess === undefined) return texts.guessPending;
	const { psnrDb } = guess;
	if (psnrDb === null) return texts.guessExact;
	if (psnrDb < FAIR_DB) return texts.guessPoor(psnrDb);
	return psnrDb < GOOD_DB ? texts.guessFair(psnrDb) : texts.guessGood(psnrDb);
}
