import { createMechanism } from '../core/average/mechanism.js';
import { describeMechanism } from '../core/average/mechanism-parameters.js';
import type { World } from '../core/average/worlds.js';

/** One way to hide a picture, as `--json` tells it. */
export interface WorldFields {
	readonly world: World['kind'];
	readonly mechanism: string;
	/** Whether the session hides pictures so; the other is there to compare. */
	readonly ofSession: boolean;
	/** The best guess from what one receiver gets; null where it is equal. Unit: dB. */
	readonly reconstruction: { readonly psnr: number | null; readonly method: string };
	/** From any two of those who receive something together. */
	readonly twoReceiversSee: 'no more' | 'the picture';
	/** Of an average of 1,000 pictures, at worst, without release noise. Unit: gray levels. */
	readonly rmseOfThousand: number;
	/** Whether releases get noise as well. */
	readonly releaseNoise: boolean;
}

const EXAMPLE_COUNT = 1000;

export function worldFields({ kind, mechanism, guess }: World, ofSession: boolean): WorldFields {
	return {
		...{ world: kind, mechanism: describeMechanism(mechanism), ofSession },
		reconstruction: { psnr: Number.isFinite(guess.psnrDb) ? guess.psnrDb : null, method: guess.method },
		twoReceiversSee: kind === 'shares' ? 'the picture' : 'no more',
		rmseOfThousand: createMechanism(mechanism).expectedRmse(EXAMPLE_COUNT),
		releaseNoise: mechanism.kind === 'shares' && mechanism.budget !== null,
	};
}

const LABEL_COLUMNS = 21;
const CELL_COLUMNS = 27;

/** Both ways side by side. Shape: lines that fit 80 characters indented, but for the names of methods. */
export function worldsTable([noise, shares]: readonly [WorldFields, WorldFields]): string[] {
	const row = (label: string, ofNoise: string, ofShares: string): string =>
		`  ${label.padEnd(LABEL_COLUMNS - 2)}${ofNoise.padEnd(CELL_COLUMNS)}${ofShares}`.trimEnd();
	const each = (label: string, cell: (world: WorldFields) => string): string => row(label, cell(noise), cell(shares));
	return [
		row('', 'noise at your camera', 'shares at three servers'),
		each('', ({ ofSession, mechanism }) => (ofSession ? 'THIS SESSION' : `as in ${mechanism.split(', exact')[0]}`)),
		row('one receiver gets', 'the picture with noise', 'uniform bits'),
		each('and guesses', ({ reconstruction }) =>
			reconstruction.psnr === null ? 'the picture itself' : `a picture of ${reconstruction.psnr.toFixed(1)} dB`,
		),
		each('two together see', ({ twoReceiversSee }) =>
			twoReceiversSee === 'no more' ? 'no more' : 'THE PICTURE ITSELF',
		),
		row('so you trust', 'your own machine alone', 'that no two work together'),
		each('1,000 pictures', ({ rmseOfThousand, releaseNoise }) => {
			const error = rmseOfThousand === 0 ? 'averaged exactly' : `off by ${rmseOfThousand.toFixed(1)} gray levels`;
			return releaseNoise ? `${error} + noise` : error;
		}),
		'  The guesses are the best that our denoisers make:',
		`  ${noise.reconstruction.method}; ${shares.reconstruction.method}.`,
		'  One gray level everywhere comes to about 12 dB; above 20 dB a face can be known.',
	];
}
