import type { SharesParameters } from '../average/mechanism-parameters.js';
import { epsilonFigure } from '../average/privacy-figure.js';
import { noiseFor, type ReleaseNoise, type ReleasePromise } from '../average/release-noise.js';
import type { RandomSource } from '../random.js';
import { type AuditTarget, atOnce, type World } from './target.js';

/** Pictures that are to be added, all of one length, with noise or without. */
export interface SumRequest {
	readonly pictures: readonly Uint8Array[];
	readonly bits: SharesParameters['bits'];
	readonly noise: ReleaseNoise | null;
}

/** Opens a sum, of gray levels or bits, and tells what noise one of the parties had entered: zeros without noise. */
export type OpenSum = (
	request: SumRequest,
	random: RandomSource,
) => Promise<{ readonly sums: Float64Array; readonly ownNoise: Float64Array }>;

export interface ReleaseTargetOptions {
	readonly promise: ReleasePromise;
	readonly bits: SharesParameters['bits'];
	readonly sampleCount: number;
	/** Whether the attacker is one of the three servers, and subtracts its own noise. */
	readonly isServer: boolean;
	/** Where sums come from. */
	readonly openSum: OpenSum;
}

/** A person's picture is gray in one world and black in the other. */
const GRAY_OF_WORLD = [128, 0] as const;
const WHITE = 255;
/** So many samples are opened in one sum: each attack has some of them, with noise of their own. */
const SAMPLES_AT_ONCE = 24_000;

/**
 * A release with noise. The attacker has sent all other pictures (one, white) and subtracts them; what is left is the noise,
 * and a person's pictures, gray or black.
 * Attack: the sum of all samples, which is the best test where the noise is Gaussian; and how much farther the farthest
 * sample lies from gray than from black, which shows noise that was cut off.
 */
export function releaseTarget(options: ReleaseTargetOptions): AuditTarget {
	const { promise, bits, sampleCount, isServer, openSum } = options;
	const { picturesPerPerson, epsilon, delta } = promise;
	const noise = noiseFor(promise, bits, sampleCount);
	const gray = (GRAY_OF_WORLD[0] * picturesPerPerson * valueOfWhite(bits)) / WHITE;
	return {
		name: `shares of ${bits === 8 ? '8 bits' : '1 bit'} with noise, to ${isServer ? 'one server' : 'others'}`,
		protects: picturesPerPerson === 1 ? 'a picture' : `a person of ${picturesPerPerson} pictures`,
		ran: `three parties in this process shared, added and opened pictures of ${sampleCount} samples, each with its own noise`,
		claim: epsilonFigure(epsilon, delta),
		claimedRho: noise.rho,
		attacksAtOnce: atOnce(sampleCount, SAMPLES_AT_ONCE),
		async observe(world, attacks, random) {
			const pictures = picturesOf(world, attacks * sampleCount, picturesPerPerson);
			const { sums, ownNoise } = await openSum({ pictures, bits, noise }, random);
			const totals = new Float64Array(attacks);
			const farther = new Float64Array(attacks);
			for (let attack = 0; attack < attacks; attack++) {
				let [fromGray, fromBlack] = [0, 0];
				for (let i = attack * sampleCount; i < (attack + 1) * sampleCount; i++) {
					const seen = sums[i] - valueOfWhite(bits) - (isServer ? ownNoise[i] : 0);
					totals[attack] += seen;
					fromGray = Math.max(fromGray, Math.abs(seen - gray));
					fromBlack = Math.max(fromBlack, Math.abs(seen));
				}
				farther[attack] = fromGray - fromBlack;
			}
			return [totals, farther];
		},
	};
}

/** A sum without noise: what is left is the picture itself. */
export function exactTarget(openSum: OpenSum): AuditTarget {
	return {
		name: 'shares, exact sums',
		protects: 'a picture',
		ran: 'three parties in this process shared, added and opened pictures, without noise',
		claim: { guarantee: 'none', delta: 1 },
		claimedRho: null,
		attacksAtOnce: SAMPLES_AT_ONCE,
		async observe(world, attacks, random) {
			const { sums } = await openSum({ pictures: picturesOf(world, attacks, 1), bits: 8, noise: null }, random);
			return [sums.map((sum) => sum - WHITE)];
		},
	};
}

function picturesOf(world: World, sampleCount: number, ofPerson: number): Uint8Array[] {
	const person = new Uint8Array(sampleCount).fill(GRAY_OF_WORLD[world]);
	return [new Uint8Array(sampleCount).fill(WHITE), ...Array.from({ length: ofPerson }, () => person)];
}

function valueOfWhite(bits: SharesParameters['bits']): number {
	return bits === 8 ? WHITE : 1;
}
