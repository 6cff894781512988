import test from 'ava';
import fc from 'fast-check';
import { createMechanism } from '../../../../src/core/average/mechanism.js';
import { bitsOfSum } from '../../../../src/core/average/release-noise.js';
import { numbersOfPlanes, sharePlaneBytes } from '../../../../src/core/average/share-planes.js';
import { seededRandom } from '../../average/keystream.js';
import { type SharedRow, sumOnThree } from './three-sums.js';

/** Around what a carry-save adder takes at once, a round of the parties, and a byte of the sum. */
const COUNTS = [1, 2, 3, 7, 8, 9, 255, 256, 257, 1000];
/** As the parties take them. */
const PICTURES_PER_ROUND = 8;

type Kind = 'black' | 'white' | 'mixed';

function picture(kind: Kind, sampleCount: number, seed: number): Uint8Array {
	const samples = new Uint8Array(sampleCount);
	if (kind === 'mixed') seededRandom(seed).fillInto(samples);
	else samples.fill(kind === 'white' ? 255 : 0);
	return samples;
}

/** Shares the planes of a picture into components of any bytes: what the seeds are is tested elsewhere. */
function rowsOf(planes: Uint8Array, rowBytes: number, seed: number): SharedRow[] {
	const masks = new Uint8Array(2 * planes.length);
	seededRandom(seed + 5000).fillInto(masks);
	const [first, second] = [masks.subarray(0, planes.length), masks.subarray(planes.length)];
	const third = planes.map((byte, i) => byte ^ first[i] ^ second[i]);
	return Array.from({ length: planes.length / rowBytes }, (_, weight) => {
		const cut = (component: Uint8Array) => component.slice(weight * rowBytes, (weight + 1) * rowBytes);
		return { weight, components: [cut(first), cut(second), cut(third)] };
	});
}

async function isPlainSum(
	bits: 1 | 8,
	count: number,
	sampleCount: number,
	kindOf: (i: number) => Kind,
): Promise<boolean> {
	const { privatize } = createMechanism({ kind: 'shares', bits, budget: null });
	const rowBytes = sharePlaneBytes(sampleCount);
	const expected = new Float64Array(sampleCount);
	const chunks: SharedRow[][] = [];
	for (let i = 0; i < count; i++) {
		const planes = privatize(picture(kindOf(i), sampleCount, i), seededRandom(i));
		const rows = Array.from({ length: bits }, (_, weight) =>
			planes.subarray(weight * rowBytes, (weight + 1) * rowBytes),
		);
		for (const [at, value] of numbersOfPlanes(rows, sampleCount, false).entries()) expected[at] += value;
		if (i % PICTURES_PER_ROUND === 0) chunks.push([]);
		chunks.at(-1)?.push(...rowsOf(planes, rowBytes, i));
	}
	const { planes } = await sumOnThree(chunks, bitsOfSum(bits, count, null));
	return (
		Buffer.compare(Buffer.from(numbersOfPlanes(planes, sampleCount, false).buffer), Buffer.from(expected.buffer)) === 0
	);
}

for (const bits of [8, 1] as const) {
	test(`${bits} bits: sums of 1 to 1000 pictures are those of the clear ones, all black, all white and mixed`, async (t) => {
		for (const count of COUNTS) {
			for (const kind of ['black', 'white', 'mixed'] as const) {
				t.true(await isPlainSum(bits, count, 3, () => kind), `${count} pictures, ${kind}`);
			}
		}
	});

	test(`${bits} bits: so are those of any number of any pictures of any size`, async (t) => {
		const kinds = fc.array(fc.constantFrom<Kind>('black', 'white', 'mixed'), { minLength: 1, maxLength: 40 });
		const property = fc.asyncProperty(kinds, fc.integer({ min: 1, max: 300 }), (list, sampleCount) =>
			isPlainSum(bits, list.length, sampleCount, (i) => list[i]),
		);
		await t.notThrowsAsync(async () => fc.assert(property, { seed: 88, numRuns: 40 }));
	});
}
