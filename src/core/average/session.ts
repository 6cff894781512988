import { createMechanism } from './mechanism.js';
import { type MechanismParameters, parseMechanismParameters } from './mechanism-parameters.js';
import { type ParameterOrigin, refusedParameter, requireInteger, requireRecord } from './parameter-guards.js';

export { describeMechanism, type MechanismParameters } from './mechanism-parameters.js';

/** What every camera of a session has to agree on. */
export interface SessionParameters {
	readonly name: string;
	readonly width: number;
	readonly height: number;
	readonly channels: 1 | 3;
	readonly mechanism: MechanismParameters;
	/** Reports before the first release, and between two releases. */
	readonly minBatch: number;
}

export const SESSION_NAME_PATTERN = /^[A-Za-z0-9._-]{1,64}$/;

/** Pixels. */
export const SIDE_RANGE = { min: 1, max: 8192 } as const;

/** width * height * channels. */
export const MAX_SAMPLE_COUNT = 16 * 1024 * 1024;

export const MIN_BATCH_RANGE = { min: 1, max: 1_000_000_000 } as const;

/** Samples in one report: width * height * channels. */
export function sampleCountOf(session: Pick<SessionParameters, 'width' | 'height' | 'channels'>): number {
	return session.width * session.height * session.channels;
}

/**
 * Checks a session read from options, a server or a store; unknown fields are left out of the result.
 * The mechanism comes back on its grid (see `parseMechanismParameters`): keep and send the returned object.
 * Throws: UserError, PeerError or DataError after `origin`; also where the int16 words of a report would overflow
 * with a probability above 2^-40 per picture.
 */
export function parseSessionParameters(value: unknown, origin: ParameterOrigin = 'user'): SessionParameters {
	const fields = requireRecord(origin, 'session', value);
	const name = fields.name;
	if (typeof name !== 'string' || !SESSION_NAME_PATTERN.test(name)) {
		throw refusedParameter(origin, 'name', '1 to 64 letters, digits, dots, underscores or hyphens', name);
	}
	const width = requireInteger(origin, 'width', fields.width, SIDE_RANGE);
	const height = requireInteger(origin, 'height', fields.height, SIDE_RANGE);
	const channels = fields.channels;
	if (channels !== 1 && channels !== 3) throw refusedParameter(origin, 'channels', '1 (gray) or 3 (RGB)', channels);
	const sampleCount = width * height * channels;
	if (sampleCount > MAX_SAMPLE_COUNT) {
		throw refusedParameter(origin, 'width x height x channels', `at most ${MAX_SAMPLE_COUNT} samples`, sampleCount);
	}
	const mechanism = parseMechanismParameters(fields.mechanism, origin);
	createMechanism(mechanism).assertFits(sampleCount, origin);
	const minBatch = requireInteger(origin, 'minBatch', fields.minBatch, MIN_BATCH_RANGE);
	return { name, width, height, channels, mechanism, minBatch };
}
