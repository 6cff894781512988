import type { PartyIndex } from '../../core/mpc/party-index.js';
import { PARTIES } from '../../core/mpc/party-index.js';
import type { AttemptChannel } from '../../core/mpc/transport/attempt-channel.js';

// labels before those of the program's steps, which count from 0
const HELD = { step: 0xffff_fffd, part: 0 };
const BEGIN = { step: 0xffff_fffe, part: 0 };
export const NONCE = { step: 0xffff_ffff, part: 0 };

const NAMES: ReadonlyMap<number, string> = new Map([
	[HELD.step, 'the agreement on the job'],
	[BEGIN.step, 'the word to begin'],
	[NONCE.step, 'the exchange of nonces'],
]);

/** A step in words, for errors. */
export function describeStep(step: number): string {
	return NAMES.get(step) ?? `step ${step}`;
}

/**
 * Resolves when all three parties hold the job and were asked to run it. Until then it takes nobody's turn: a client that
 * asks one party alone keeps no other job waiting.
 * Throws: PeerError that names the party which was not asked, or gave up.
 */
export async function agreeOnJob(index: PartyIndex, channel: AttemptChannel): Promise<void> {
	const others = PARTIES.filter((party) => party !== index);
	for (const to of others) channel.send(to, HELD, new Uint8Array(1));
	await Promise.all(others.map((from) => channel.receive(from, HELD, 1)));
}

/** P0 has come to this job: the others wait for its word, so that all three run the same one. */
export function sendBegin(channel: AttemptChannel): void {
	for (const to of [1, 2] as const) channel.send(to, BEGIN, new Uint8Array(1));
}

/** Throws: PeerError when P0 fails, or its queue takes longer than that. */
export async function awaitBegin(channel: AttemptChannel, timeoutMs: number): Promise<void> {
	await channel.receive(0, BEGIN, 1, timeoutMs);
}
