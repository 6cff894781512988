import { UserError, VeilcamError } from '../errors.js';
import { sigmaFor } from './gaussian-privacy.js';
import { createMechanism } from './mechanism.js';
import { describeMechanism, EPSILON_RANGE, type MechanismParameters, SIGMA_RANGE } from './mechanism-parameters.js';
import { GRID_STEPS_PER_UNIT, gridSteps } from './parameter-guards.js';
import { noiseFor, rhoOf, rmseOfRelease } from './release-noise.js';
import { MAX_SAMPLE_COUNT } from './session.js';

/** What somebody wants to know before a session: privacy, and what a person sends. */
export interface PlanQuestion {
	readonly epsilon: number;
	readonly delta: number;
	/** Each person sends so many pictures, and is protected as a whole. */
	readonly picturesPerPerson: number;
}

/** What a mechanism protects when its epsilon is the one asked for. */
export type Protects = 'person' | 'sample' | 'nothing';

/** One mechanism at one size. */
export interface PlanRow {
	/** "one-bit", "shares, 8 bits with noise". */
	readonly name: string;
	/** For a person of one picture: that picture. */
	readonly protects: Protects;
	/** What to ask for: "one-bit, epsilon 2"; null where the mechanism cannot give it at this size. */
	readonly setting: string | null;
	/** The same for a session; null on shares with noise, which is asked for later. */
	readonly parameters: MechanismParameters | null;
	/** Why not, where it cannot. */
	readonly reason: string | null;
	/** Expected RMSE of an average in gray levels, at worst over pictures; Infinity where there is no setting. */
	rmse(people: number): number;
}

/** Amplitude of the uniform rows: no amplitude has an epsilon, so it is only an example. */
const PLAN_AMPLITUDE = 128;

/** Where no number of people up to this is enough, none is told. */
const MAX_PEOPLE = 1e12;

/**
 * Every mechanism at one size, for a person or picture first, then for a sample, then those that guarantee nothing.
 * Neighbours: at the camera, everything protected replaced by anything; on shares by gray 128 (see `noiseFor`).
 * Derivation: a person of n pictures is protected by epsilon / n in each of them where epsilon adds up, by n times the
 * rho of a picture for Gaussian noise, and by n times the noise on shares; the average is over n pictures a person.
 */
export function planRows(question: PlanQuestion, sampleCount: number): readonly PlanRow[] {
	if (sampleCount > MAX_SAMPLE_COUNT) {
		throw new UserError('bad-option', `--size: expected at most ${MAX_SAMPLE_COUNT} samples, got ${sampleCount}`);
	}
	const { picturesPerPerson: pictures } = question;
	const rows: PlanRow[] = [];
	for (const bits of [8, 1] as const) rows.push(noisyShares(question, bits, sampleCount));
	for (const protects of ['person', 'sample'] as const) {
		const samples = protects === 'person' ? sampleCount : 1;
		rows.push(atCamera('gaussian', protects, pictures, () => gaussianSetting(question, samples, sampleCount)));
		for (const kind of ['laplace', 'one-bit'] as const) {
			rows.push(atCamera(kind, protects, pictures, () => pureSetting(kind, question, samples, sampleCount)));
		}
	}
	const uniform = { kind: 'uniform', amplitude: PLAN_AMPLITUDE } as const;
	rows.push(atCamera(`uniform, amplitude ${PLAN_AMPLITUDE}`, 'nothing', pictures, () => uniform));
	for (const bits of [8, 1] as const) {
		const name = `shares, ${bits === 8 ? '8 bits' : '1 bit'} exact`;
		rows.push(atCamera(name, 'nothing', pictures, () => ({ kind: 'shares', bits, budget: null })));
	}
	return rows;
}

/** The fewest people for whom `rmse` is at most `errorGray`; null where none up to `MAX_PEOPLE` are enough. */
export function peopleFor(rmse: (people: number) => number, errorGray: number): number | null {
	let enough = 1;
	while (rmse(enough) > errorGray) {
		enough *= 2;
		if (enough > MAX_PEOPLE) return null;
	}
	let tooFew = enough === 1 ? 0 : enough / 2;
	while (enough - tooFew > 1) {
		const middle = Math.floor((tooFew + enough) / 2);
		if (rmse(middle) <= errorGray) enough = middle;
		else tooFew = middle;
	}
	return enough;
}

function noisyShares(question: PlanQuestion, bits: 1 | 8, sampleCount: number): PlanRow {
	const name = `shares, ${bits === 8 ? '8 bits' : '1 bit'} with noise`;
	const { picturesPerPerson } = question;
	return unlessRefused(name, 'person', () => {
		const { totalSigma, partySigma } = noiseFor(question, bits, sampleCount);
		return {
			setting: `sigma ${partySigma.toFixed(0)} of each server in the sum`,
			parameters: null,
			rmse: (people) => rmseOfRelease(bits, people * picturesPerPerson, totalSigma),
		};
	});
}

function atCamera(name: string, protects: Protects, pictures: number, setting: () => MechanismParameters): PlanRow {
	return unlessRefused(name, protects, () => {
		const mechanism = createMechanism(setting());
		return {
			setting: describeMechanism(mechanism.parameters),
			parameters: mechanism.parameters,
			rmse: (people) => mechanism.expectedRmse(people * pictures),
		};
	});
}

/** Epsilon adds up over samples and pictures. Throws: UserError. */
function pureSetting(
	kind: 'one-bit' | 'laplace',
	{ epsilon, picturesPerPerson }: PlanQuestion,
	samples: number,
	sampleCount: number,
): MechanismParameters {
	const share = gridSteps(Math.min(EPSILON_RANGE.max, epsilon / samples / picturesPerPerson), 'down');
	if (share < EPSILON_RANGE.min * GRID_STEPS_PER_UNIT) throw tooMuchNoise();
	const parameters = { kind, epsilon: share / GRID_STEPS_PER_UNIT };
	createMechanism(parameters).assertFits(sampleCount);
	return parameters;
}

/** One sample has an exact figure; for more rho adds up. Throws: UserError. */
function gaussianSetting(
	{ epsilon, delta, picturesPerPerson }: PlanQuestion,
	samples: number,
	sampleCount: number,
): MechanismParameters {
	const count = samples * picturesPerPerson;
	const wanted =
		count === 1
			? sigmaFor(Math.min(EPSILON_RANGE.max, epsilon), delta)
			: 255 * Math.sqrt(count / (2 * rhoOf({ epsilon, delta })));
	if (wanted > SIGMA_RANGE.max) throw tooMuchNoise();
	const parameters = { kind: 'gaussian', sigma: Math.max(SIGMA_RANGE.min, wanted), delta } as const;
	createMechanism(parameters).assertFits(sampleCount);
	return parameters;
}

function tooMuchNoise(): UserError {
	return new UserError('too-much-noise', 'a report has no room for so much noise');
}

function unlessRefused(
	name: string,
	protects: Protects,
	work: () => Pick<PlanRow, 'rmse' | 'parameters'> & { readonly setting: string },
): PlanRow {
	try {
		return { name, protects, reason: null, ...work() };
	} catch (error) {
		if (!(error instanceof VeilcamError)) throw error;
		return {
			name,
			protects,
			setting: null,
			parameters: null,
			reason: error.message,
			rmse: () => Number.POSITIVE_INFINITY,
		};
	}
}
