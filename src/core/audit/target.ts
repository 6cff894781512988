import { composeSamples } from '../average/accounting.js';
import type { Mechanism, SampleAccount } from '../average/mechanism.js';
import { epsilonFigure, type PrivacyFigure } from '../average/privacy-figure.js';
import {
	drawSummand,
	HONEST_SUMMANDS,
	noiseFor,
	type ReleasePromise,
	sensitivityOfSum,
} from '../average/release-noise.js';
import { decodeReport } from '../average/report-values.js';
import { createUniformWords, type UniformWords } from '../average/uniform-words.js';
import type { RandomSource } from '../random.js';

/** Which of two neighbours is behind what the attacker sees. */
export type World = 0 | 1;

/** What is attacked: its claim, and what an attacker makes of what he sees. */
export interface AuditTarget {
	readonly name: string;
	readonly protects: string;
	readonly claim: PrivacyFigure;
	/** zCDP, where the noise is Gaussian: then a bound that uses this is sharper. */
	readonly claimedRho: number | null;
	/** So many at once take little memory. */
	readonly attacksAtOnce: number;
	/** So many attacks in this world: numbers of which a large or a small one points to one of the worlds, statistic by statistic. */
	observe(world: World, attacks: number, random: RandomSource): readonly Float64Array[];
}

/** The two values of a sample that are easiest to tell apart. */
const SAMPLE_OF_WORLD = [0, 255] as const;

/**
 * One sample of a person's uploads, black in one world and white in the other.
 * Attack: the sum of what the uploads say of it, their largest and their smallest.
 */
export function cameraTarget(mechanism: Mechanism, name: string, uploads: number): AuditTarget {
	const account = mechanism.account();
	return {
		name,
		protects: uploads === 1 ? 'a sample' : `a sample in ${uploads} pictures`,
		claim: composeSamples(account, uploads),
		claimedRho: rhoOfAccount(account, uploads),
		attacksAtOnce: atOnce(uploads),
		observe(world, attacks, random) {
			const samples = new Uint8Array(attacks * uploads).fill(SAMPLE_OF_WORLD[world]);
			const session = { name, width: samples.length, height: 1, channels: 1, minBatch: 1 } as const;
			const body = mechanism.privatize(samples, random);
			const values = decodeReport({ ...session, mechanism: mechanism.parameters }, body);
			const uploadsOf = (attack: number): Int16Array => values.subarray(attack * uploads, (attack + 1) * uploads);
			const statistic = (of: (own: Int16Array) => number): Float64Array =>
				Float64Array.from({ length: attacks }, (_, attack) => of(uploadsOf(attack)));
			const sums = statistic((own) => own.reduce((sum, value) => sum + value, 0));
			return uploads === 1
				? [sums]
				: [sums, statistic((own) => Math.max(...own)), statistic((own) => Math.min(...own))];
		},
	};
}

/** Draws one party's summand. */
export type DrawSummand = (partySigma: number, count: number, words: UniformWords) => Float64Array;

export interface ReleaseTargetOptions {
	readonly promise: ReleasePromise;
	readonly sampleCount: number;
	/** How many summands the attacker does not know: two where he is one of the servers, else three. */
	readonly summands: number;
	/** The servers' own, or a wrong one to be caught. */
	readonly draw?: DrawSummand;
}

/**
 * A sum with noise. The attacker knows all other pictures and subtracts them; what is left is the noise, with a person's
 * pictures black in place of gray in one world.
 * Attack: the sum of all samples, which is the best test where the noise is Gaussian; and how much farther the farthest
 * sample lies from gray than from black, which shows noise that was cut off.
 */
export function releaseTarget({
	promise,
	sampleCount,
	summands,
	draw = drawSummand,
}: ReleaseTargetOptions): AuditTarget {
	const { picturesPerPerson, epsilon, delta } = promise;
	const { partySigma, rho } = noiseFor(promise, 8, sampleCount);
	const shift = -sensitivityOfSum(8, 1, picturesPerPerson);
	return {
		name: `shares with noise, seen by ${summands === HONEST_SUMMANDS ? 'one server' : 'others'}`,
		protects: picturesPerPerson === 1 ? 'a picture' : `a person of ${picturesPerPerson} pictures`,
		claim: epsilonFigure(epsilon, delta),
		claimedRho: rho,
		attacksAtOnce: atOnce(sampleCount),
		observe(world, attacks, random) {
			const count = attacks * sampleCount;
			const words = createUniformWords(random, 8 * count);
			const noise = Array.from({ length: summands }, () => draw(partySigma, count, words));
			words.erase();
			const sums = new Float64Array(attacks);
			const farther = new Float64Array(attacks);
			for (let attack = 0; attack < attacks; attack++) {
				let [fromGray, fromBlack] = [0, 0];
				for (let i = attack * sampleCount; i < (attack + 1) * sampleCount; i++) {
					const seen = noise.reduce((sum, summand) => sum + summand[i], world * shift);
					sums[attack] += seen;
					fromGray = Math.max(fromGray, Math.abs(seen));
					fromBlack = Math.max(fromBlack, Math.abs(seen - shift));
				}
				farther[attack] = fromGray - fromBlack;
			}
			return [sums, farther];
		},
	};
}

/** A sum without noise: what is left is the picture itself. */
export function exactTarget(): AuditTarget {
	return {
		name: 'shares, exact sums',
		protects: 'a picture',
		claim: { guarantee: 'none', delta: 1 },
		claimedRho: null,
		attacksAtOnce: atOnce(1),
		observe: (world, attacks) => [new Float64Array(attacks).fill(world)],
	};
}

function atOnce(samples: number): number {
	return Math.max(1, Math.min(500, Math.floor(1_000_000 / samples)));
}

function rhoOfAccount(account: SampleAccount, uploads: number): number | null {
	return account.kind === 'concentrated' ? account.rho * uploads : null;
}
