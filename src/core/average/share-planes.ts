import type { RandomSource } from '../random.js';

/** Of the seeds that two of the three components are expanded from. */
export const SEED_BYTES = 16;

/** Expands a seed: AES-128 in counter mode, the component's number in the upper half of the first block. */
export type ExpandSeed = (seed: Uint8Array, component: number, byteLength: number) => Promise<Uint8Array> | Uint8Array;

/** Bytes of a plane that holds one bit of each sample: whole vectors of 128, padded with zeros. */
export function sharePlaneBytes(sampleCount: number): number {
	return Math.ceil(sampleCount / 128) * 16;
}

/**
 * The eight bit planes of a picture, lowest first.
 * Shape: 8 `sharePlaneBytes(samples.length)`; sample i is bit i & 7 of byte i >> 3 of each plane.
 * Source: the transposition of 8 x 8 bits of Warren, Hacker's Delight, 7-3, with the rows upside down.
 */
export function bitPlanesOf(samples: Uint8Array): Uint8Array<ArrayBuffer> {
	const stride = sharePlaneBytes(samples.length);
	const planes = new Uint8Array(8 * stride);
	const whole = samples.length & ~7;
	for (let i = 0, at = 0; i < whole; i += 8, at++) {
		let y = samples[i] | (samples[i + 1] << 8) | (samples[i + 2] << 16) | (samples[i + 3] << 24);
		let x = samples[i + 4] | (samples[i + 5] << 8) | (samples[i + 6] << 16) | (samples[i + 7] << 24);
		let t = (x ^ (x >>> 7)) & 0x00aa00aa;
		x ^= t ^ (t << 7);
		t = (y ^ (y >>> 7)) & 0x00aa00aa;
		y ^= t ^ (t << 7);
		t = (x ^ (x >>> 14)) & 0x0000cccc;
		x ^= t ^ (t << 14);
		t = (y ^ (y >>> 14)) & 0x0000cccc;
		y ^= t ^ (t << 14);
		t = (x & 0xf0f0f0f0) | ((y >>> 4) & 0x0f0f0f0f);
		y = ((x << 4) & 0xf0f0f0f0) | (y & 0x0f0f0f0f);
		// unrolled: a loop over the planes takes half as long again
		planes[at] = y;
		planes[at + stride] = y >>> 8;
		planes[at + 2 * stride] = y >>> 16;
		planes[at + 3 * stride] = y >>> 24;
		planes[at + 4 * stride] = t;
		planes[at + 5 * stride] = t >>> 8;
		planes[at + 6 * stride] = t >>> 16;
		planes[at + 7 * stride] = t >>> 24;
	}
	for (let i = whole; i < samples.length; i++) {
		for (let bit = 0; bit < 8; bit++) planes[bit * stride + (i >> 3)] |= ((samples[i] >> bit) & 1) << (i & 7);
	}
	return planes;
}

/**
 * Shares bit planes as b = b0 ^ b1 ^ b2, b0 and b1 expanded from fresh seeds, and gives what each party is sent, its
 * first component and then its second: P0 (s0, s1), P1 (s1, b2), P2 (b2, s0). The last two lie in one buffer: b2 is
 * there once.
 * Shape: 32 bytes, and twice 16 more than the planes have.
 */
export async function sharePlanes(
	planes: Uint8Array,
	random: RandomSource,
	expand: ExpandSeed,
): Promise<[Uint8Array<ArrayBuffer>, Uint8Array<ArrayBuffer>, Uint8Array<ArrayBuffer>]> {
	const seeds = new Uint8Array(2 * SEED_BYTES);
	random.fillInto(seeds);
	const [s0, s1] = [seeds.subarray(0, SEED_BYTES), seeds.subarray(SEED_BYTES)];
	const both = new Uint8Array(planes.length + 2 * SEED_BYTES);
	const end = SEED_BYTES + planes.length;
	const last = both.subarray(SEED_BYTES, end);
	both.set(s1);
	last.set(planes);
	both.set(s0, end);
	xorBytesInto(last, await expand(s0, 0, planes.length));
	xorBytesInto(last, await expand(s1, 1, planes.length));
	return [seeds, both.subarray(0, end), both.subarray(SEED_BYTES)];
}

/** Bytes that each party is sent of a picture. */
export function shareLengths(planesBytes: number): [number, number, number] {
	return [2 * SEED_BYTES, SEED_BYTES + planesBytes, planesBytes + SEED_BYTES];
}

/** out ^= other, four bytes at a time where both begin on four. */
export function xorBytesInto(out: Uint8Array, other: Uint8Array): void {
	const areAligned = out.byteOffset % 4 === 0 && other.byteOffset % 4 === 0;
	const words = areAligned ? out.length >> 2 : 0;
	const a = new Int32Array(out.buffer, areAligned ? out.byteOffset : 0, words);
	const b = new Int32Array(other.buffer, areAligned ? other.byteOffset : 0, words);
	for (let i = 0; i < words; i++) a[i] ^= b[i];
	for (let i = 4 * words; i < out.length; i++) out[i] ^= other[i];
}

/**
 * The numbers that lie in planes, lowest first; the highest plane is the sign where `isSigned`.
 * Exact up to 53 planes.
 */
export function numbersOfPlanes(
	planes: readonly Uint8Array[],
	sampleCount: number,
	isSigned: boolean,
): Float64Array<ArrayBuffer> {
	const numbers = new Float64Array(sampleCount);
	for (const [weight, plane] of planes.entries()) {
		const value = 2 ** weight * (isSigned && weight === planes.length - 1 ? -1 : 1);
		for (let i = 0; i < sampleCount; i++) if ((plane[i >> 3] >> (i & 7)) & 1) numbers[i] += value;
	}
	return numbers;
}
