import type { Image } from '../image/image.js';
import type { RandomSource } from '../random.js';
import { type Reconstruction, reconstructUpload } from './denoise.js';
import { createMechanism } from './mechanism.js';
import type { MechanismParameters } from './mechanism-parameters.js';
import { reportAsImage } from './report-values.js';
import type { SessionParameters } from './session.js';
import { type ExpandSeed, SEED_BYTES, sharePlanes } from './share-planes.js';

/** One way to hide a picture, tried on it. */
export interface World {
	readonly kind: 'noise' | 'shares';
	readonly mechanism: MechanismParameters;
	/** What one receiver gets, as a picture: a salted upload, or what one of three servers gets. */
	readonly upload: Image;
	/** The best guess from that alone. */
	readonly guess: Reconstruction;
}

export function worldOf({ kind }: MechanismParameters): World['kind'] {
	return kind === 'shares' ? 'shares' : 'noise';
}

/** The same session in the other world: the usual noise where it shares, all bits shared where it has noise. */
export function otherWorld(session: SessionParameters): SessionParameters {
	const mechanism: MechanismParameters =
		session.mechanism.kind === 'shares' ? { kind: 'one-bit', epsilon: 2 } : { kind: 'shares', bits: 8, budget: null };
	return { ...session, mechanism };
}

/**
 * What one receiver gets of a picture, as a trial that is not sent: a salted report, or the component of a server that
 * gets bit planes.
 */
export async function trialUpload(
	session: SessionParameters,
	samples: Uint8Array,
	random: RandomSource,
	expand: ExpandSeed,
): Promise<Uint8Array<ArrayBuffer>> {
	const body = createMechanism(session.mechanism).privatize(samples, random);
	if (session.mechanism.kind !== 'shares') return body;
	const [, second] = await sharePlanes(body, random, expand);
	return second.slice(SEED_BYTES);
}

/** Tries a session's way to hide on a picture. */
export async function tryWorld(
	session: SessionParameters,
	picture: Image,
	random: RandomSource,
	expand: ExpandSeed,
): Promise<World> {
	const body = await trialUpload(session, picture.samples, random, expand);
	return {
		kind: worldOf(session.mechanism),
		mechanism: session.mechanism,
		upload: reportAsImage(session, body),
		guess: reconstructUpload(session, body, picture),
	};
}
