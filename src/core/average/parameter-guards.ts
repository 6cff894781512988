import { DataError, PeerError, UserError, type VeilcamError } from '../errors.js';

/** Who wrote the parameters: decides the error family, so that a bad server is not reported as a bad option. */
export type ParameterOrigin = 'user' | 'peer' | 'file';

/** A JSON object whose fields are not checked yet. */
export type UncheckedRecord = Readonly<Record<string, unknown>>;

/** Steps per unit of the decimal grid that epsilon and sigma lie on: multiples of 0.001. */
export const GRID_STEPS_PER_UNIT = 1000;

/** Multiples of 0.001 written in decimal are no exact doubles; a value this close to a grid point, in steps, is that point. */
const GRID_TOLERANCE_STEPS = 1e-6;

/** "name: expected …, got …" in the family of `origin`. */
export function refusedParameter(
	origin: ParameterOrigin,
	name: string,
	expected: string,
	got: unknown,
	hint?: string,
): VeilcamError {
	const message = `${name}: expected ${expected}, got ${shown(got)}`;
	const options = hint === undefined ? {} : { hint };
	if (origin === 'peer') return new PeerError('session-parameter', `the server's session: ${message}`, options);
	if (origin === 'file') return new DataError('session-parameter', message, options);
	return new UserError('session-parameter', message, options);
}

/** The value as an object with named fields; arrays and null are refused. */
export function requireRecord(origin: ParameterOrigin, name: string, value: unknown): UncheckedRecord {
	if (!isRecord(value)) throw refusedParameter(origin, name, 'an object', value);
	return value;
}

/** A finite number in min..max. */
export function requireNumber(
	origin: ParameterOrigin,
	name: string,
	value: unknown,
	range: { readonly min: number; readonly max: number },
): number {
	if (typeof value === 'number' && value >= range.min && value <= range.max) return value;
	throw refusedParameter(origin, name, `a number from ${range.min} to ${range.max}`, value);
}

/** An integer in min..max. */
export function requireInteger(
	origin: ParameterOrigin,
	name: string,
	value: unknown,
	range: { readonly min: number; readonly max: number },
): number {
	if (typeof value === 'number' && Number.isInteger(value) && value >= range.min && value <= range.max) return value;
	throw refusedParameter(origin, name, `a whole number from ${range.min} to ${range.max}`, value);
}

/**
 * Moves a parameter onto the grid of 0.001, to the side that protects more.
 * Unit: result in steps, an integer; value = steps / 1000.
 * Error: a value within 1e-6 of a step of a grid point counts as that point (0.7 is no exact double).
 */
export function gridSteps(value: number, privateSide: 'down' | 'up'): number {
	const scaled = value * GRID_STEPS_PER_UNIT;
	const nearest = Math.round(scaled);
	if (Math.abs(scaled - nearest) <= GRID_TOLERANCE_STEPS) return nearest;
	return privateSide === 'down' ? Math.floor(scaled) : Math.ceil(scaled);
}

function isRecord(value: unknown): value is UncheckedRecord {
	return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Foreign text is cut and quoted, so that a message stays one readable line. */
function shown(value: unknown): string {
	if (typeof value === 'string') return JSON.stringify(value.length > 40 ? `${value.slice(0, 40)}…` : value);
	if (typeof value === 'number' || typeof value === 'boolean' || typeof value === 'bigint') return String(value);
	if (value === undefined) return 'nothing';
	if (value === null) return 'null';
	return Array.isArray(value) ? 'a list' : `a value of type ${typeof value}`;
}
