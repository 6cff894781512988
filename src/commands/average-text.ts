import { describeFigure } from '../core/average/privacy-figure.js';
import type { ReleaseReport } from '../core/average/release-report.js';
import type { AverageSource } from './average-sources.js';

const EXACT_GUARANTEE =
	'guarantee: none, for sums are exact: whoever knows all other pictures of a batch has the last one';

/** What people are told of an average. */
export function averageText(
	{ count, expectedRmse, noisy, privacy }: AverageSource,
	files: { readonly out: string; readonly denoisedFile: string; readonly reference: string | undefined },
	comparison: { readonly rmse: number; readonly psnr: number | null } | undefined,
): string {
	const lines = [`${files.out}: the average of ${count} pictures`];
	if (expectedRmse !== null) lines.push(`expected error at most ${expectedRmse.toFixed(2)} gray levels (RMSE)`);
	if (noisy !== undefined && expectedRmse !== null) {
		const bar = (1.96 * expectedRmse).toFixed(1);
		lines.push(`19 of 20 samples are within ${bar} gray levels of the true average; ${files.denoisedFile}: denoised`);
	}
	if (privacy?.release === null) lines.push(EXACT_GUARANTEE);
	if (privacy?.release) lines.push(...releaseLines(privacy.release));
	if (comparison !== undefined) {
		const { rmse, psnr } = comparison;
		const ratio = psnr === null ? 'equal' : `${psnr.toFixed(1)} dB`;
		lines.push(`against ${files.reference}: RMSE ${rmse.toFixed(2)}, PSNR ${ratio}`);
	}
	return lines.join('\n');
}

function releaseLines({ unit, picturesPerPerson, perRelease, cumulative, rho }: ReleaseReport): string[] {
	const of = unit === 'picture' ? 'a picture' : `a person of ${picturesPerPerson} pictures`;
	const lines = [
		`guarantee for ${of}: ${describeFigure(perRelease)}, as long as no two of the three servers work together`,
	];
	if (cumulative !== null && rho.left !== null) {
		const left = rho.left < 1e-6 * rho.spent ? 'nothing' : `rho ${rho.left.toPrecision(3)}`;
		lines.push(`all releases so far: ${describeFigure(cumulative)}; ${left} of the budget is left`);
	}
	return lines;
}
