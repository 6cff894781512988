import { createHash } from 'node:crypto';
import { createMechanism } from '../../core/average/mechanism.js';
import { type SessionParameters, sampleCountOf } from '../../core/average/session.js';
import { SEED_BYTES, shareLengths } from '../../core/average/share-planes.js';
import type { PartyIndex } from '../../core/mpc/party-index.js';
import { nextParty } from '../../core/mpc/party-index.js';

/** Of a report. */
export const ID_BYTES = 16;
/** Of a component's hash, and of a list's. */
export const HASH_BYTES = 32;

/** Bytes that a party is sent of a picture of a session. */
export function bodyBytesAt(index: PartyIndex, parameters: SessionParameters): number {
	return shareLengths(createMechanism(parameters.mechanism).reportBytes(sampleCountOf(parameters)))[index];
}

/** A report's two components at a party, as they came: seeds of 16 bytes, or the planes. */
export function componentsOf(index: PartyIndex, body: Uint8Array): { first: Uint8Array; second: Uint8Array } {
	// P0 (s0, s1), P1 (s1, b2), P2 (b2, s0)
	const firstBytes = index === 2 ? body.length - SEED_BYTES : SEED_BYTES;
	return { first: body.subarray(0, firstBytes), second: body.subarray(firstBytes) };
}

/**
 * H(session, id, shape, component) of both components of a report; `sessionHash` stands for the session and its shape.
 * Both holders of a component have it in the same form, so what they compare is what they hold.
 */
export function hashComponents(
	index: PartyIndex,
	sessionHash: Uint8Array,
	id: Uint8Array,
	body: Uint8Array,
): { firstHash: Uint8Array; secondHash: Uint8Array } {
	const { first, second } = componentsOf(index, body);
	const hash = (component: number, bytes: Uint8Array): Uint8Array =>
		new Uint8Array(
			createHash('sha256').update(sessionHash).update(id).update(Uint8Array.of(component)).update(bytes).digest(),
		);
	return { firstHash: hash(index, first), secondHash: hash(nextParty(index), second) };
}
