import { PolicyError } from '../errors.js';
import { epsilonOfGaussianSample } from './gaussian-privacy.js';
import { createGaussianTails } from './gaussian-tails.js';
import { createMechanism } from './mechanism.js';
import { describeMechanism } from './mechanism-parameters.js';
import type { SessionParameters } from './session.js';

/** The weakest session that a client puts up with; every floor that is given must hold. */
export interface PrivacyFloor {
	/** Largest epsilon per sample. */
	readonly atLeastEpsilon?: number | undefined;
	/** Smallest amplitude of uniform noise, in gray levels. */
	readonly atLeastAmplitude?: number | undefined;
}

/**
 * Gaussian noise has an epsilon for every delta; a session could name a large delta to show a small epsilon, so a floor
 * is compared at this delta or the session's, whichever is smaller.
 */
export const FLOOR_DELTA = 1e-6;

/**
 * Refuses a session that protects a sample less than the client asks. Uniform noise has no epsilon and is weaker than
 * any; noise that is not uniform has no amplitude and is refused where an amplitude is asked for.
 * Throws: PolicyError 'session-too-weak'.
 */
export function assertAtLeast(session: SessionParameters, floor: PrivacyFloor): void {
	const { mechanism } = session;
	const described = `session ${session.name} (${describeMechanism(mechanism)})`;
	if (floor.atLeastEpsilon !== undefined) {
		const epsilon = epsilonPerSample(session);
		if (epsilon === 'none') {
			throw tooWeak(`${described} guarantees no epsilon, asked for at most ${floor.atLeastEpsilon}`);
		}
		// The negation also refuses a floor that is not a number.
		if (!(epsilon <= floor.atLeastEpsilon)) {
			throw tooWeak(`${described} gives epsilon ${epsilon} per sample, asked for at most ${floor.atLeastEpsilon}`);
		}
	}
	if (floor.atLeastAmplitude !== undefined) {
		if (mechanism.kind !== 'uniform') {
			throw tooWeak(`${described} has no amplitude, asked for at least ${floor.atLeastAmplitude}`);
		}
		if (!(mechanism.amplitude >= floor.atLeastAmplitude)) {
			throw tooWeak(`${described} has amplitude ${mechanism.amplitude}, asked for at least ${floor.atLeastAmplitude}`);
		}
	}
}

function epsilonPerSample(session: SessionParameters): number | 'none' {
	const { mechanism } = session;
	if (mechanism.kind === 'gaussian') {
		const delta = Math.min(mechanism.delta, FLOOR_DELTA);
		return epsilonOfGaussianSample(createGaussianTails(mechanism.sigma), delta);
	}
	const account = createMechanism(mechanism).account();
	return account.kind === 'delta-only' ? 'none' : account.epsilon;
}

function tooWeak(message: string): PolicyError {
	return new PolicyError('session-too-weak', `${message}; nothing was sent`, {
		hint: 'Ask the collector for a stronger session, or lower what you ask for.',
	});
}
