import { availableParallelism } from 'node:os';

/** A thread of its own takes as long to start as so many ciphertexts take to encrypt. */
const CIPHERTEXTS_PER_THREAD = 400;

/** On how many threads so many ciphertexts are done soonest; 1 is the thread that asks. */
export function threadsFor(ciphertexts: number): number {
	return Math.max(1, Math.min(availableParallelism(), Math.floor(ciphertexts / CIPHERTEXTS_PER_THREAD)));
}
