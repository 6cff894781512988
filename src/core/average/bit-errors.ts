import type { Mechanism } from './mechanism.js';

/** The errors of a mechanism that sends bits: the variance hangs on the sample, and is largest for a gray one. */
export function bitErrors(
	varianceOfMean: Mechanism['varianceOfMean'],
): Pick<Mechanism, 'varianceOfMean' | 'worstVarianceOfMean' | 'expectedRmse'> {
	const worstVarianceOfMean = (count: number): number => varianceOfMean(127.5, count);
	return {
		varianceOfMean,
		worstVarianceOfMean,
		expectedRmse(count, samples) {
			if (samples === undefined || samples.length === 0) return Math.sqrt(worstVarianceOfMean(count));
			let total = 0;
			for (let i = 0; i < samples.length; i++) total += varianceOfMean(samples[i], count);
			return Math.sqrt(total / samples.length);
		},
	};
}
