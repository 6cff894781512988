import { composeSamples } from '../average/accounting.js';
import type { Mechanism, SampleAccount } from '../average/mechanism.js';
import type { PrivacyFigure } from '../average/privacy-figure.js';
import { decodeReport } from '../average/report-values.js';
import type { RandomSource } from '../random.js';

/** Which of two neighbours is behind what the attacker sees. */
export type World = 0 | 1;

/** What is attacked: its claim, and what an attacker makes of what he sees. */
export interface AuditTarget {
	readonly name: string;
	readonly protects: string;
	/** For people: what an attack attacks. */
	readonly ran: string;
	readonly claim: PrivacyFigure;
	/** zCDP, where the noise is Gaussian: then a bound that uses this is sharper. */
	readonly claimedRho: number | null;
	/** So many at once take little memory. */
	readonly attacksAtOnce: number;
	/** So many attacks in this world: numbers of which a large or a small one points to one of the worlds, statistic by statistic. */
	observe(
		world: World,
		attacks: number,
		random: RandomSource,
	): readonly Float64Array[] | Promise<readonly Float64Array[]>;
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
		attacksAtOnce: Math.min(500, atOnce(uploads, 1_000_000)),
		ran: 'the mechanism salted one sample of an upload, black or white',
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

/** Attacks that have so many samples, or one attack. */
export function atOnce(samplesOfAttack: number, samples: number): number {
	return Math.max(1, Math.floor(samples / samplesOfAttack));
}

function rhoOfAccount(account: SampleAccount, uploads: number): number | null {
	return account.kind === 'concentrated' ? account.rho * uploads : null;
}
