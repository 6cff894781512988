import test from 'ava';
import {
	bitPlanesOf,
	numbersOfPlanes,
	sharePlaneBytes,
	sharePlanes,
} from '../../../../src/core/average/share-planes.js';
import { expandKey } from '../../../../src/core/mpc/keystream.js';
import { costOfSum } from '../../../../src/core/mpc/sum/sum-plan.js';
import { seededRandom } from '../../average/keystream.js';
import { countRows, type SharedRow, sumOnThree } from './three-sums.js';

async function pictureRows(samples: Uint8Array, seed: number): Promise<SharedRow[]> {
	const planes = bitPlanesOf(samples);
	const [first, second] = await sharePlanes(planes, seededRandom(seed), expandKey);
	const rowBytes = sharePlaneBytes(samples.length);
	const whole = [
		expandKey(first.subarray(0, 16), 0, planes.length),
		expandKey(first.subarray(16), 1, planes.length),
		second.subarray(16),
	];
	const row = (component: Uint8Array, weight: number) => component.slice(weight * rowBytes, (weight + 1) * rowBytes);
	return Array.from({ length: 8 }, (_, weight) => ({
		weight,
		components: [row(whole[0], weight), row(whole[1], weight), row(whole[2], weight)],
	}));
}

for (const [count, perChunk, sampleCount] of [
	[1, 1, 130],
	[2, 1, 1],
	[3, 3, 128],
	[20, 7, 1000],
	[300, 16, 200],
]) {
	test(`the sum of ${count} pictures of ${sampleCount} samples, ${perChunk} at a time, is that of the clear pictures`, async (t) => {
		const chunks: SharedRow[][] = [];
		const expected = new Float64Array(sampleCount);
		for (let i = 0; i < count; i++) {
			const samples = new Uint8Array(sampleCount);
			// the largest sum there can be, and any other
			if (i % 3 === 0) samples.fill(255);
			else seededRandom(100 + i).fillInto(samples);
			for (const [j, sample] of samples.entries()) expected[j] += sample;
			if (i % perChunk === 0) chunks.push([]);
			chunks.at(-1)?.push(...(await pictureRows(samples, i)));
		}
		const width = Math.ceil(Math.log2(255 * count + 1));
		const { planes, transport } = await sumOnThree(chunks, width);
		t.deepEqual(numbersOfPlanes(planes, sampleCount, false), expected);

		const cost = costOfSum(width, chunks.map(countRows(width)));
		const rowBytes = sharePlaneBytes(sampleCount);
		t.deepEqual(transport.bytesByParty(), [cost.adders * rowBytes, cost.adders * rowBytes, cost.adders * rowBytes]);
		t.is(transport.messages.length, 3 * cost.rounds);
		t.true(cost.adders <= 8 * count + 2 * width, `${cost.adders} ANDs a pixel`);
	});
}

test('negative summands in two’s complement add up, and carries beyond the width are dropped', async (t) => {
	const width = 10;
	const values = [-300, 255, 100, -57, 0, 400, -511];
	const chunks = [
		values.flatMap((value, i) =>
			Array.from({ length: width }, (_, weight): SharedRow => {
				const bit = new Uint8Array(16).fill((value >> weight) & 1 ? 255 : 0);
				const [a, b] = [new Uint8Array(16), new Uint8Array(16)];
				seededRandom(1000 * i + weight).fillInto(a);
				seededRandom(1000 * i + weight + 500).fillInto(b);
				return { weight, components: [a, b, bit.map((byte, at) => byte ^ a[at] ^ b[at])] };
			}),
		),
	];
	const { planes } = await sumOnThree(chunks, width);
	const total = values.reduce((sum, value) => sum + value, 0);
	t.deepEqual(numbersOfPlanes(planes, 128, true), new Float64Array(128).fill(total));
});

test('a thousand pictures need 7.9 to 8 ANDs a pixel each, and rows of a few chunks', (t) => {
	const chunks = Array.from({ length: 1000 / 8 }, () => [8, 8, 8, 8, 8, 8, 8, 8]);
	const cost = costOfSum(18, chunks);
	t.true(cost.adders / 1000 > 7.9 && cost.adders / 1000 < 8, String(cost.adders / 1000));
	t.true(cost.rows < 8 * 8 * 5, String(cost.rows));
});
