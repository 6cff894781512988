import { createMechanism } from './mechanism.js';
import type { MechanismParameters } from './mechanism-parameters.js';

/** How far one lying report moves the mean of a sample, in gray levels. */
export interface ReportInfluence {
	/** Against the true sample: the farthest value that the estimator can read from a report, less the truth, over N. */
	readonly againstTruthGray: number;
	/** Against any other report that would have been accepted: the whole range of a report, over N. */
	readonly againstReportGray: number;
}

/**
 * The influence of one report among `count`, when the collector checks the range that the mechanism allows.
 * Derivation: a report is read as a value in low..high: -A..255 + A for uniform, int16 for Gaussian and Laplace, and
 * 127.5 -+ 127.5 / tanh(epsilon/2) for a bit. Every range is about symmetric to 127.5 or wider, and a sample lies in
 * 0..255, so the largest distances are high - 0 or 255 - low, and high - low. A liar with n ids has n times that.
 */
export function influenceOfOneReport(parameters: MechanismParameters, count: number): ReportInfluence {
	const mechanism = createMechanism(parameters);
	const range = mechanism.rangeOfReport ?? { min: 0, max: 1 };
	const [low, high] = mechanism.estimateMeans([range.min, range.max], 1);
	return {
		againstTruthGray: Math.max(high, 255 - low) / count,
		againstReportGray: (high - low) / count,
	};
}
