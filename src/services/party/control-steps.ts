import type { PartyIndex } from '../../core/mpc/party-index.js';
import { PARTIES } from '../../core/mpc/party-index.js';
import type { AttemptChannel } from '../../core/mpc/transport/attempt-channel.js';

// labels before those of the program's steps, which count from 0
const HELD = { step: 0xffff_fffd, part: 0 };
const TURN = { step: 0xffff_fffe, part: 0 };
export const NONCE = { step: 0xffff_ffff, part: 0 };

const NAMES: ReadonlyMap<number, string> = new Map([
	[HELD.step, 'the agreement on the job'],
	[TURN.step, 'the word to begin'],
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

/**
 * P0 has come to this job, or says that it still waits: the others hear of it again and again, so that all three run the
 * same one, and none waits long for a party that fell silent.
 */
export function sendTurn(channel: AttemptChannel, turn: 'waits' | 'begins'): void {
	for (const to of [1, 2] as const) channel.send(to, TURN, Uint8Array.of(Number(turn === 'begins')));
}

/** Resolves when P0 has come to this job. Throws: PeerError when P0 fails, or says nothing for as long as a step may take. */
export async function awaitTurn(channel: AttemptChannel): Promise<void> {
	while ((await channel.receive(0, TURN, 1))[0] === 0);
}
