// How node-seal's documentation encrypts numbers: batching, default primes, a public key, whole ciphertexts.
import { loadSeal } from '../src/core/subtract/seal.js';

const DEGREE = 4096;
/** The smallest prime for batching that holds -255..255 has 20 bits in SEAL's own examples. */
const PLAIN_BITS = 20;

export interface UsualWay {
	/** Samples to ciphertexts as they travel. */
	encrypt(samples: Uint8Array): Uint8Array[];
	subtract(a: readonly Uint8Array[], b: readonly Uint8Array[]): Uint8Array[];
	decrypt(ciphertexts: readonly Uint8Array[], sampleCount: number): Int16Array;
	close(): void;
}

export async function openUsualWay(): Promise<UsualWay> {
	const seal = await loadSeal();
	const { none } = seal.ComprModeType;
	const parameters = seal.EncryptionParameters(seal.SchemeType.bfv);
	parameters.setPolyModulusDegree(DEGREE);
	parameters.setCoeffModulus(seal.CoeffModulus.BFVDefault(DEGREE, seal.SecurityLevel.tc128));
	parameters.setPlainModulus(seal.PlainModulus.Batching(DEGREE, PLAIN_BITS));
	const context = seal.Context(parameters, true, seal.SecurityLevel.tc128);
	const generator = seal.KeyGenerator(context);
	const [publicKey, secretKey] = [generator.createPublicKey(), generator.secretKey()];
	const encoder = seal.BatchEncoder(context);
	const encryptor = seal.Encryptor(context, publicKey);
	const decryptor = seal.Decryptor(context, secretKey);
	const evaluator = seal.Evaluator(context);
	const plain = seal.PlainText();
	const [first, second] = [seal.CipherText(), seal.CipherText()];
	const slots = new Int32Array(DEGREE);
	return {
		encrypt(samples) {
			const ciphertexts: Uint8Array[] = [];
			for (let from = 0; from < samples.length; from += DEGREE) {
				slots.fill(0);
				slots.set(samples.subarray(from, from + DEGREE));
				encoder.encode(slots, plain);
				encryptor.encrypt(plain, first);
				ciphertexts.push(first.saveArray(none));
			}
			return ciphertexts;
		},
		subtract: (a, b) =>
			a.map((ciphertext, i) => {
				first.loadArray(context, ciphertext);
				second.loadArray(context, b[i]);
				evaluator.sub(first, second, first);
				return first.saveArray(none);
			}),
		decrypt(ciphertexts, sampleCount) {
			const samples = new Int16Array(sampleCount);
			ciphertexts.forEach((ciphertext, i) => {
				first.loadArray(context, ciphertext);
				decryptor.decrypt(first, plain);
				const decoded = encoder.decode(plain, true);
				samples.set(decoded.subarray(0, sampleCount - i * DEGREE), i * DEGREE);
			});
			return samples;
		},
		close() {
			const all = [first, second, plain, evaluator, decryptor, encryptor, encoder, publicKey, secretKey, generator];
			for (const object of [...all, context, parameters]) object.delete();
		},
	};
}
