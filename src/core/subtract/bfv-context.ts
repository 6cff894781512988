import { BugError } from '../errors.js';
import { CIPHER_MODULUS, PLAIN_MODULUS, RING_DEGREE } from './parameters.js';
import { type Context, type SEALLibrary, withSealObjects } from './seal.js';

/**
 * A context with a coefficient prime of ours, which SEAL takes from saved parameters only: the stock prime of a saved
 * form is replaced, and the form loaded.
 * Throws: BugError when the saved form does not show the stock prime exactly once, or SEAL refuses the parameters.
 */
export function createBfvContext(seal: SEALLibrary): Context {
	return withSealObjects((keep) => {
		const stock = keep(seal.EncryptionParameters(seal.SchemeType.bfv));
		stock.setPolyModulusDegree(RING_DEGREE);
		const primes = keep(seal.CoeffModulus.Create(RING_DEGREE, Int32Array.from([60])));
		stock.setCoeffModulus(primes);
		const plain = keep(seal.Modulus(0n));
		plain.setValue(PLAIN_MODULUS);
		stock.setPlainModulus(plain);

		const saved = stock.saveArray(seal.ComprModeType.none);
		const word = new Uint8Array(8);
		new DataView(word.buffer).setBigUint64(0, BigInt(primes.toArray()[0]), true);
		const places = Array.from({ length: saved.length - 7 }, (_, at) => at).filter((at) =>
			word.every((byte, i) => saved[at + i] === byte),
		);
		if (places.length !== 1) throw movedLayout('parameters');
		new DataView(saved.buffer, saved.byteOffset).setBigUint64(places[0], CIPHER_MODULUS, true);
		const ours = keep(seal.EncryptionParameters(seal.SchemeType.bfv));
		ours.loadArray(Uint8Array.from(saved));
		const context = seal.Context(ours, true, seal.SecurityLevel.tc192);
		if (!context.parametersSet()) {
			context.delete();
			throw new BugError('parameters-refused', 'SEAL refuses the parameters of encrypted subtraction');
		}
		return context;
	});
}

/** SEAL saves something in another layout than was measured: nothing may be patched. */
export function movedLayout(what: string): BugError {
	return new BugError('seal-layout', `this node-seal saves ${what} in a layout that veilcam does not know`, {
		hint: 'Install the version of node-seal that package.json names (npm ci).',
	});
}
