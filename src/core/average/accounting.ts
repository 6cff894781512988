import { createMechanism, type SampleAccount } from './mechanism.js';
import { describeMechanism } from './mechanism-parameters.js';
import { epsilonFigure, type PrivacyFigure } from './privacy-figure.js';
import { type SessionParameters, sampleCountOf } from './session.js';
import { epsilonOfZcdp } from './zcdp.js';

/** The guarantee for one unit of protection. */
export interface UnitFigures {
	readonly unit: 'sample' | 'pixel' | 'picture' | 'person';
	/** What may be replaced without the releases showing it by more than the figure. */
	readonly neighbours: string;
	/** For one upload. */
	readonly perRelease: PrivacyFigure;
	/** For all uploads of the person together. */
	readonly cumulative: PrivacyFigure;
}

/** What an upload protects, as `contribute` shows it before anything is sent. */
export interface PrivacyReport {
	readonly mechanism: string;
	readonly picturesPerPerson: number;
	/** Who has to be trusted for the figures, and for what they say nothing. */
	readonly trust: string;
	readonly units: readonly UnitFigures[];
	/** Uniform noise only: delta for a change of one sample by one gray level. */
	readonly deltaPerGrayLevel: number | null;
}

const TRUST =
	'The camera, its program and its random generator. The noise is added before anything is sent, so neither the ' +
	'collector nor the network nor the store need be trusted for these figures; the collector is trusted for a right ' +
	'average. They say nothing about the address, the time and the number of uploads, which the collector sees.';

const SHARES_TRUST =
	'No two of the three servers may work together: any two see every picture, and one alone sees uniform bits. Nothing is ' +
	'added to a picture, so an exact average guarantees nothing: all other clients together can subtract theirs from it and ' +
	'have the last picture, whatever the minimum batch. Releases with noise have figures of their own. Each server sees the ' +
	'address, the time and the number of uploads.';

/**
 * The figures of a session, for a person who uploads `picturesPerPerson` pictures.
 * Neighbours are chosen at the camera, where the uploads of other people play no part: one sample, one pixel, one
 * picture or all pictures of one person replaced by anything. An id is not an identity, so every upload counts, and
 * cumulative figures hold for the worst case: a still scene, the same in each upload.
 * Unit: n samples compose to n epsilon (pure), n rho (zCDP, then converted at the session's delta) or
 * 1 - (1 - delta)^n (uniform: the share of outputs that both pictures allow is the product over samples).
 */
export function privacyReport(
	session: SessionParameters,
	options: { readonly picturesPerPerson: number },
): PrivacyReport {
	const { picturesPerPerson } = options;
	const account = createMechanism(session.mechanism).account();
	const pictureSamples = sampleCountOf(session);
	const figures = (
		unit: UnitFigures['unit'],
		sampleCount: number,
		neighbours: string,
		uploads = picturesPerPerson,
	): UnitFigures => ({
		unit,
		neighbours,
		perRelease: composeSamples(account, sampleCount),
		cumulative: composeSamples(account, sampleCount * uploads),
	});
	const units = [
		figures('sample', 1, 'one sample, at the same place in each upload, replaced by any other value'),
		...(session.channels === 3
			? [figures('pixel', 3, 'the three samples of one pixel, in each upload, replaced by any others')]
			: []),
		figures('picture', pictureSamples, 'one picture, uploaded once, replaced by any other picture', 1),
		figures('person', pictureSamples, 'all pictures of one person replaced by any other pictures'),
	];
	return {
		mechanism: describeMechanism(session.mechanism),
		picturesPerPerson,
		trust: session.mechanism.kind === 'shares' ? SHARES_TRUST : TRUST,
		units,
		deltaPerGrayLevel: account.kind === 'delta-only' ? account.deltaPerGrayLevel : null,
	};
}

/** The guarantee where `sampleCount` samples, each with noise of its own, may all be replaced. */
export function composeSamples(account: SampleAccount, sampleCount: number): PrivacyFigure {
	switch (account.kind) {
		case 'pure':
			return epsilonFigure(account.epsilon * sampleCount);
		case 'delta-only':
			return { guarantee: 'none', delta: -Math.expm1(sampleCount * Math.log1p(-account.delta)) };
		case 'concentrated':
			// One sample has an exact figure; the conversion from rho is looser.
			return sampleCount === 1
				? epsilonFigure(account.epsilon, account.delta)
				: epsilonFigure(epsilonOfZcdp(account.rho * sampleCount, account.delta), account.delta);
	}
}
