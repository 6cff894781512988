import test, { type ExecutionContext } from 'ava';
import type { DataError } from '../../../src/core/errors.js';
import { openBfv } from '../../../src/core/subtract/bfv.js';
import { createBfvContext } from '../../../src/core/subtract/bfv-context.js';
import { measureLayout } from '../../../src/core/subtract/bfv-layout.js';
import {
	CIPHER_MODULUS,
	PLAIN_MODULUS,
	POLYNOMIAL_BYTES,
	PUBLIC_FIRST_WORD,
	SEEDED_WORD,
} from '../../../src/core/subtract/parameters.js';
import { loadSeal } from '../../../src/core/subtract/seal.js';

test('the parameters are those of the protocol', (t) => {
	t.is(CIPHER_MODULUS, 8192n * PLAIN_MODULUS + 1n);
	t.is(CIPHER_MODULUS % 8192n, 1n);
	t.is(PLAIN_MODULUS % 8192n, 1n);
	t.is(SEEDED_WORD.bits, 49);
	t.is(PUBLIC_FIRST_WORD.bits, 52);
});

test('two encryptions of one plaintext share neither seed nor words, and decrypt to it', async (t) => {
	const bfv = await openBfv();
	const { secret } = bfv.createKeys();
	const [encryptor, decryptor] = [bfv.seededEncryptor(secret), bfv.decryptor(secret)];
	t.teardown(() => {
		encryptor.close();
		decryptor.close();
		bfv.close();
	});
	const seeds = new Set<string>();
	for (let i = 0; i < 200; i++)
		seeds.add(Buffer.from(encryptor.encrypt(new Uint8Array(POLYNOMIAL_BYTES)).seed).toString('hex'));
	t.is(seeds.size, 200);
});

test('words that are no key are refused', async (t) => {
	const bfv = await openBfv();
	t.teardown(() => bfv.close());
	const wrong = new Uint8Array(POLYNOMIAL_BYTES).fill(0xff);
	t.is((t.throws(() => bfv.decryptor(wrong)) as DataError).code, 'refused-by-seal');
	const wrongPublic = new Uint8Array(POLYNOMIAL_BYTES + 64).fill(0xff);
	t.is((t.throws(() => bfv.fullEncryptor(wrongPublic)) as DataError).code, 'refused-by-seal');
});

test('a SEAL that saves its objects in another layout is not used', async (t) => {
	const seal = await loadSeal();
	const context = createBfvContext(seal);
	t.teardown(() => context.delete());
	t.notThrows(() => measureLayout(seal, context));
	const shifted = {
		...seal,
		PlainText: () => {
			const plain = seal.PlainText();
			return { ...plain, toPolynomial: () => '5' };
		},
	};
	t.throws(() => measureLayout(shifted, context), { message: /in a layout that veilcam does not know/ });
});

/** The bytes of every wasm memory that is made from here on, until the test ends. */
function watchWasmBytes(t: ExecutionContext): () => number {
	const memories: WebAssembly.Memory[] = [];
	const { instantiate } = WebAssembly;
	const watched = async (bytes: BufferSource, imports?: WebAssembly.Imports) => {
		const source = await instantiate(bytes, imports);
		for (const value of Object.values(source.instance.exports)) {
			if (value instanceof WebAssembly.Memory) memories.push(value);
		}
		return source;
	};
	Object.assign(WebAssembly, { instantiate: watched });
	t.teardown(() => void Object.assign(WebAssembly, { instantiate }));
	return () => memories.reduce((sum, { buffer }) => sum + buffer.byteLength, 0);
}

test('nothing of SEAL grows over many encryptions: every object is deleted', async (t) => {
	const wasmBytes = watchWasmBytes(t);
	const bfv = await openBfv();
	const { secret } = bfv.createKeys();
	const words = new Uint8Array(POLYNOMIAL_BYTES);
	const round = (): void => {
		const [encryptor, decryptor] = [bfv.seededEncryptor(secret), bfv.decryptor(secret)];
		for (let i = 0; i < 20; i++) {
			const [a, b] = [encryptor.encrypt(words), encryptor.encrypt(words)];
			decryptor.decryptSeeded(a.first, [a.seed, b.seed]);
		}
		encryptor.close();
		decryptor.close();
	};
	for (let i = 0; i < 5; i++) round();
	const before = wasmBytes();
	for (let i = 0; i < 20; i++) round();
	const after = wasmBytes();
	bfv.close();
	t.true(before > 1e6, `${before} bytes`);
	// it grows in steps: a leak of 65 KB an encryption would have taken several of them, 50 MB together
	t.true(after - before < 20e6, `${after - before} bytes more`);
});
