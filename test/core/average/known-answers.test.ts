import { readFile } from 'node:fs/promises';
import test from 'ava';
import { createMechanism } from '../../../src/core/average/mechanism.js';
import { type MechanismParameters, parseMechanismParameters } from '../../../src/core/average/mechanism-parameters.js';
import { createKeystream } from './keystream.js';

interface Vectors {
	readonly keyHex: string;
	readonly ivHex: string;
	readonly samples: Uint8Array;
	readonly cases: readonly { readonly mechanism: MechanismParameters; readonly bodyHex: string }[];
}

/** fixtures/vectors/average-reports.json, by fixtures/make-average-vectors.mjs, which shares no code with src/. */
async function readVectors(): Promise<Vectors> {
	// From dist/test/core/average, where tests run.
	const path = new URL('../../../../fixtures/vectors/average-reports.json', import.meta.url);
	const { keyHex, ivHex, samplesHex, cases } = JSON.parse(await readFile(path, 'utf8'));
	return { keyHex, ivHex, samples: Uint8Array.from(Buffer.from(samplesHex, 'hex')), cases };
}

test('wire bodies equal those of the second implementation', async (t) => {
	const vectors = await readVectors();
	t.is(vectors.samples.length, 261);
	t.deepEqual(
		[...new Set(vectors.cases.map(({ mechanism }) => mechanism.kind))],
		['one-bit', 'uniform', 'laplace', 'gaussian'],
	);
	for (const { mechanism, bodyHex } of vectors.cases) {
		const random = createKeystream(vectors.keyHex, vectors.ivHex);
		const body = createMechanism(parseMechanismParameters(mechanism)).privatize(vectors.samples, random);
		t.is(Buffer.from(body).toString('hex'), bodyHex, JSON.stringify(mechanism));
	}
});

test('the first bits and words of the vectors, by hand', async (t) => {
	const { cases, samples } = await readVectors();
	// AES-128 of the zero block under 000102…0f is c6a13b37878f5b826f4f8162a1c8d879: words 373ba1c6, 825b8f87, 62814f6f, …
	t.deepEqual([...samples.subarray(0, 4)], [0, 77, 154, 231]);
	const oneBit = cases.find(({ mechanism }) => mechanism.kind === 'one-bit' && mechanism.epsilon === 1);
	// P(1 | 0) = 0.2689 = 44d80000 / 2^32 is above 373ba1c6: 1. P(1 | 77) = 0.408 is below 825b8f87 = 0.509: 0.
	t.is(Number.parseInt(oneBit?.bodyHex.slice(0, 2) ?? '', 16) & 3, 1);
	const uniform = cases.find(({ mechanism }) => mechanism.kind === 'uniform' && mechanism.amplitude === 128);
	// floor(257 * 373ba1c6 / 2^32) = 55: 0 + 55 - 128 = -73 = ffb7. floor(257 * 0.50921…) = 130: 77 + 130 - 128 = 79 = 004f.
	t.is(uniform?.bodyHex.slice(0, 8), 'b7ff4f00');
});
