import {
	GRID_STEPS_PER_UNIT,
	gridSteps,
	type ParameterOrigin,
	refusedParameter,
	requireInteger,
	requireNumber,
	requireRecord,
} from './parameter-guards.js';
import { describeDelta } from './privacy-figure.js';

/** One bit per sample. `epsilon` bounds the guarantee per sample; the table in use may give slightly less. */
export interface OneBitParameters {
	readonly kind: 'one-bit';
	readonly epsilon: number;
}

/** x + an integer drawn uniformly from -amplitude..amplitude, in gray levels. */
export interface UniformParameters {
	readonly kind: 'uniform';
	readonly amplitude: number;
}

/** x + discrete Gaussian; sigma in gray levels, delta only for the figures that are reported. */
export interface GaussianParameters {
	readonly kind: 'gaussian';
	readonly sigma: number;
	readonly delta: number;
}

/** x + discrete Laplace of scale 255 / epsilon gray levels. */
export interface LaplaceParameters {
	readonly kind: 'laplace';
	readonly epsilon: number;
}

/**
 * No noise at the camera: three servers hold shares and open sums only. `bits` of a sample: all 8, or one that is set
 * with the sample's chance of 255. `budget` bounds what the noisy releases of a session may come to; without one they
 * are exact. `picturesPerPerson` is what a batch takes of one person at most; without it nothing is counted.
 */
export interface SharesParameters {
	readonly kind: 'shares';
	readonly bits: 1 | 8;
	readonly budget: PrivacyBudget | null;
	readonly picturesPerPerson?: number;
}

/** What all releases of a session together may cost one unit of protection. */
export interface PrivacyBudget {
	readonly epsilon: number;
	readonly delta: number;
}

export type MechanismParameters =
	| OneBitParameters
	| UniformParameters
	| GaussianParameters
	| LaplaceParameters
	| SharesParameters;

/** Whether averages get noise of a budget, so that somebody has to ask for each; others come by themselves. */
export function isReleasedWhenAsked(mechanism: MechanismParameters): boolean {
	return mechanism.kind === 'shares' && mechanism.budget !== null;
}

export type MechanismKind = MechanismParameters['kind'];

export const MECHANISM_KINDS: readonly MechanismKind[] = ['one-bit', 'uniform', 'gaussian', 'laplace', 'shares'];

/** Per sample. Above 16 a bit is nearly the picture; below 0.001 a million reports show nothing. */
export const EPSILON_RANGE = { min: 0.001, max: 16 } as const;

/** Per picture or person, of the releases of a session. */
export const RELEASE_EPSILON_RANGE = { min: 0.001, max: 100 } as const;

/** 255 + amplitude must fit 32,767. */
export const AMPLITUDE_RANGE = { min: 1, max: 32_512 } as const;

/** Gray levels. The upper end also depends on the sample count: see `int16-overflow.ts`. */
export const SIGMA_RANGE = { min: 1, max: 8192 } as const;

/** Pictures of one person in a batch. */
export const PER_PERSON_RANGE = { min: 1, max: 1_000_000 } as const;

export const DELTA_RANGE = { min: 1e-15, max: 0.5 } as const;

/**
 * Checks the parameters of a mechanism and moves epsilon and sigma onto the grid of 0.001, to the private side
 * (epsilon down, sigma up). What it returns is what is in force, and what must be reported.
 * Throws: UserError, PeerError or DataError after `origin`, "mechanism.epsilon: expected …, got …".
 */
export function parseMechanismParameters(value: unknown, origin: ParameterOrigin = 'user'): MechanismParameters {
	const fields = requireRecord(origin, 'mechanism', value);
	const kind = fields.kind;
	switch (kind) {
		case 'one-bit':
		case 'laplace':
			return { kind, epsilon: requireEpsilon(fields.epsilon, origin) };
		case 'uniform':
			return { kind, amplitude: requireInteger(origin, 'mechanism.amplitude', fields.amplitude, AMPLITUDE_RANGE) };
		case 'gaussian': {
			const sigma = requireNumber(origin, 'mechanism.sigma', fields.sigma, SIGMA_RANGE);
			const delta = requireNumber(origin, 'mechanism.delta', fields.delta, DELTA_RANGE);
			return { kind, sigma: gridSteps(sigma, 'up') / GRID_STEPS_PER_UNIT, delta };
		}
		case 'shares': {
			const { bits } = fields;
			if (bits !== 1 && bits !== 8) throw refusedParameter(origin, 'mechanism.bits', '1 or 8', bits);
			const shares = { kind, bits, budget: requireBudget(fields.budget, origin) } as const;
			if (fields.picturesPerPerson === undefined) return shares;
			const name = 'mechanism.picturesPerPerson';
			return { ...shares, picturesPerPerson: requireInteger(origin, name, fields.picturesPerPerson, PER_PERSON_RANGE) };
		}
		default:
			throw refusedParameter(origin, 'mechanism.kind', `one of ${MECHANISM_KINDS.join(', ')}`, kind);
	}
}

/** The mechanism for people: "one-bit, epsilon 2". */
export function describeMechanism(mechanism: MechanismParameters): string {
	switch (mechanism.kind) {
		case 'one-bit':
		case 'laplace':
			return `${mechanism.kind}, epsilon ${mechanism.epsilon}`;
		case 'uniform':
			return `uniform, amplitude ${mechanism.amplitude}`;
		case 'gaussian':
			return `gaussian, sigma ${mechanism.sigma}, delta ${describeDelta(mechanism.delta)}`;
		case 'shares':
			return describeShares(mechanism);
	}
}

function requireBudget(value: unknown, origin: ParameterOrigin): PrivacyBudget | null {
	if (value === null || value === undefined) return null;
	const { epsilon, delta } = requireRecord(origin, 'mechanism.budget', value);
	return {
		epsilon: requireNumber(origin, 'mechanism.budget.epsilon', epsilon, RELEASE_EPSILON_RANGE),
		delta: requireNumber(origin, 'mechanism.budget.delta', delta, DELTA_RANGE),
	};
}

function requireEpsilon(value: unknown, origin: ParameterOrigin): number {
	const epsilon = requireNumber(origin, 'mechanism.epsilon', value, EPSILON_RANGE);
	return gridSteps(epsilon, 'down') / GRID_STEPS_PER_UNIT;
}

function describeShares({ bits, budget, picturesPerPerson }: SharesParameters): string {
	const noise =
		budget === null
			? 'exact releases'
			: `releases within epsilon ${budget.epsilon}, delta ${describeDelta(budget.delta)}`;
	const limit = picturesPerPerson === undefined ? '' : `, at most ${picturesPerPerson} of a person in a batch`;
	return `shares of ${bits === 8 ? '8 bits' : 'one dithered bit'}, ${noise}${limit}`;
}
