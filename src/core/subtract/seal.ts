import type { CipherText } from 'node-seal/implementation/cipher-text.js';
import type { Context } from 'node-seal/implementation/context.js';
import type { PlainText } from 'node-seal/implementation/plain-text.js';
import type { SEALLibrary } from 'node-seal/implementation/seal.js';
import { BugError, DataError } from '../errors.js';

export type { CipherText, Context, PlainText, SEALLibrary };

/** An object on SEAL's heap: garbage collection does not free it. */
interface Deletable {
	readonly delete: () => void;
}

/**
 * Loads SEAL's wasm build: 40 ms, and a heap of its own for every call.
 * Throws: BugError when the package is missing or does not run here.
 */
export async function loadSeal(): Promise<SEALLibrary> {
	try {
		const { default: load }: { default: unknown } = await import('node-seal');
		if (typeof load !== 'function') throw new TypeError('node-seal: expected a function');
		return await load();
	} catch (cause) {
		throw new BugError('seal-not-loaded', 'cannot load node-seal, the library of encryption', {
			hint: 'Install veilcam again.',
			cause,
		});
	}
}

/** Runs `work`, then deletes what it kept, the last first, also when it throws. */
export function withSealObjects<T>(work: (keep: <O extends Deletable>(object: O) => O) => T): T {
	const kept: Deletable[] = [];
	try {
		return work((object) => {
			kept.push(object);
			return object;
		});
	} finally {
		for (const object of kept.reverse()) object.delete();
	}
}

/**
 * Runs a step of SEAL on what a file brought.
 * Throws: DataError that says `what` was refused; SEAL's own words stay as the cause.
 */
export function sealRefuses<T>(what: string, work: () => T): T {
	try {
		return work();
	} catch (cause) {
		throw new DataError('refused-by-seal', `${what} is not valid for these parameters`, { cause });
	}
}
