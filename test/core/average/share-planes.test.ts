import { createCipheriv } from 'node:crypto';
import test from 'ava';
import {
	bitPlanesOf,
	numbersOfPlanes,
	SEED_BYTES,
	shareLengths,
	sharePlaneBytes,
	sharePlanes,
} from '../../../src/core/average/share-planes.js';
import { expandKey } from '../../../src/core/mpc/keystream.js';
import { seededRandom } from './keystream.js';

function samplesOf(count: number, seed: number): Uint8Array {
	const samples = new Uint8Array(count);
	seededRandom(seed).fillInto(samples);
	return samples;
}

/** A bit of a plane, read one by one. */
function bitAt(planes: Uint8Array, stride: number, plane: number, i: number): number {
	return (planes[plane * stride + Math.floor(i / 8)] >> (i % 8)) & 1;
}

test('eight samples become eight planes, lowest bit first', (t) => {
	const planes = bitPlanesOf(Uint8Array.of(0b1, 0b10, 0b100, 0xff, 0, 0x80, 0, 0));
	t.is(planes.length, 8 * 16);
	t.deepEqual(
		Array.from({ length: 8 }, (_, plane) => planes[16 * plane]),
		[0b1001, 0b1010, 0b1100, 0b1000, 0b1000, 0b1000, 0b1000, 0b101000],
	);
	t.true(planes.every((byte, at) => at % 16 === 0 || byte === 0));
});

for (const count of [1, 7, 8, 9, 127, 128, 129, 1000]) {
	test(`planes of ${count} samples hold each bit in its place, and zeros beyond them`, (t) => {
		// also from a view that begins on no word
		const samples = samplesOf(count + 3, count).subarray(3);
		const planes = bitPlanesOf(samples);
		const stride = sharePlaneBytes(count);
		t.is(stride % 16, 0);
		for (let plane = 0; plane < 8; plane++) {
			for (let i = 0; i < 8 * stride; i++) {
				const bit = i < count ? (samples[i] >> plane) & 1 : 0;
				if (bitAt(planes, stride, plane, i) !== bit) t.fail(`sample ${i}, bit ${plane}`);
			}
		}
		const rows = Array.from({ length: 8 }, (_, plane) => planes.subarray(plane * stride, (plane + 1) * stride));
		t.deepEqual(numbersOfPlanes(rows, count, false), Float64Array.from(samples));
	});
}

test('the highest plane is the sign where numbers have one', (t) => {
	// 5, -8, -1, 7 in four bits of two's complement
	const planes = [0b1101, 0b1100, 0b1101, 0b0110].map((bits) => Uint8Array.of(bits));
	t.deepEqual(numbersOfPlanes(planes, 4, true), Float64Array.of(5, -8, -1, 7));
	t.deepEqual(numbersOfPlanes(planes, 4, false), Float64Array.of(5, 8, 15, 7));
});

test('the three components give the planes, and lie where each party looks for them', async (t) => {
	const planes = bitPlanesOf(samplesOf(300, 1));
	const [p0, p1, p2] = await sharePlanes(planes, seededRandom(2), expandKey);
	t.deepEqual([p0.length, p1.length, p2.length], shareLengths(planes.length));
	const seeds = new Uint8Array(2 * SEED_BYTES);
	seededRandom(2).fillInto(seeds);
	const [s0, s1] = [seeds.subarray(0, SEED_BYTES), seeds.subarray(SEED_BYTES)];
	t.deepEqual(p0, seeds);
	t.deepEqual(p1.subarray(0, SEED_BYTES), s1);
	t.deepEqual(p2.subarray(planes.length), s0);
	t.deepEqual(p1.subarray(SEED_BYTES), p2.subarray(0, planes.length));
	// AES-128 in counter mode by another road: as the masks of a message
	const mask = (seed: Uint8Array, component: number, bytes: Uint8Array): Uint8Array => {
		const block = Buffer.alloc(16);
		block.writeUInt32BE(component, 4);
		return new Uint8Array(createCipheriv('aes-128-ctr', seed, block).update(bytes));
	};
	t.deepEqual(mask(s1, 1, mask(s0, 0, p1.subarray(SEED_BYTES))), new Uint8Array(planes));
});

test('what one party is sent says nothing of the picture: with other seeds it is any other picture', async (t) => {
	const [black, white] = [new Uint8Array(256), new Uint8Array(256).fill(255)].map(bitPlanesOf);
	const [b0, b1, b2] = await sharePlanes(black, seededRandom(5), expandKey);
	// P1 knows s1 and b2, and s0 is uniform to it: the same b2 comes of white under b0 ^ white
	const other = expandKey(b0.subarray(0, SEED_BYTES), 0, black.length).map((byte, i) => byte ^ white[i]);
	const expand = (seed: Uint8Array, component: number, length: number): Uint8Array =>
		component === 0 ? other : expandKey(seed, component, length);
	const [w0, w1, w2] = await sharePlanes(white, seededRandom(5), expand);
	t.deepEqual([w0, w1, w2], [b0, b1, b2]);
	// and two runs of one picture have nothing in common
	const [, again] = await sharePlanes(black, seededRandom(6), expandKey);
	const agreeing = again.filter((byte, i) => byte === b1[i]).length;
	t.true(agreeing < 24, String(agreeing));
});

test('planes that are no whole words, and seeds expanded to where no word begins, are shared alike', async (t) => {
	const planes = samplesOf(37, 8);
	const odd = (seed: Uint8Array, component: number, length: number): Uint8Array => {
		const bytes = new Uint8Array(length + 1);
		bytes.set(expandKey(seed, component, length), 1);
		return bytes.subarray(1);
	};
	t.deepEqual(await sharePlanes(planes, seededRandom(3), odd), await sharePlanes(planes, seededRandom(3), expandKey));
});
