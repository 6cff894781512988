// Arithmetic on bit planes: bit i of a plane is bit i & 7 of byte i >> 3, padded with zeros to whole vectors. All
// pointers are byte offsets into the imported memory. The exact meaning is in src/core/kernels/ring.ts.

import { joinBytes, loadUpTo, planeBytes, sliceSixteen, storeUpTo } from './shared/planes';

/**
 * planes[b] bit i = bit (from + b) of values[i]. Sixteen values at a time become vectors of their lowest, second, …
 * bytes; the top bits of a vector of bytes are sixteen bits of a plane. A vector of each plane is gathered in `scratch`,
 * 512 bytes, since planes that lie powers of two apart drive each other out of the cache.
 */
export function slice(planes: usize, values: usize, length: i32, from: i32, width: i32, scratch: usize): void {
	const stride = planeBytes(length);
	for (let i = 0; i < length; i += 128) {
		const count = min(128, length - i);
		for (let at = 0; at < 128; at += 16) {
			const source = values + ((<usize>(i + at)) << 2);
			const rest = count - at;
			let v0: v128;
			let v1: v128;
			let v2: v128;
			let v3: v128;
			if (rest >= 16) {
				v0 = v128.load(source);
				v1 = v128.load(source, 16);
				v2 = v128.load(source, 32);
				v3 = v128.load(source, 48);
			} else {
				v0 = loadUpTo(source, rest);
				v1 = loadUpTo(source + 16, rest - 4);
				v2 = loadUpTo(source + 32, rest - 8);
				v3 = loadUpTo(source + 48, rest - 12);
			}
			sliceSixteen(
				scratch + (at >> 3),
				i32x4.shr_u(v0, from),
				i32x4.shr_u(v1, from),
				i32x4.shr_u(v2, from),
				i32x4.shr_u(v3, from),
				width,
			);
		}
		let target = planes + (i >> 3);
		for (let b = 0; b < width; b++) {
			v128.store(target, v128.load(scratch + (b << 4)));
			target += stride;
		}
	}
}

/** values[i] = the sum of the bits of `width` planes, the lowest first. */
export function unslice(values: usize, planes: usize, length: i32, width: i32): void {
	let target = values;
	const stride = planeBytes(length);
	const step = stride << 3;
	for (let i = 0; i < length; i += 16) {
		const at = planes + (i >> 3);
		const zero = i8x16.splat(0);
		const b0 = joinBytes(at, stride, width);
		const b1 = width > 8 ? joinBytes(at + step, stride, width - 8) : zero;
		const b2 = width > 16 ? joinBytes(at + 2 * step, stride, width - 16) : zero;
		const b3 = width > 24 ? joinBytes(at + 3 * step, stride, width - 24) : zero;
		const low0 = i8x16.shuffle(b0, b1, 0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23);
		const low1 = i8x16.shuffle(b0, b1, 8, 24, 9, 25, 10, 26, 11, 27, 12, 28, 13, 29, 14, 30, 15, 31);
		const high0 = i8x16.shuffle(b2, b3, 0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23);
		const high1 = i8x16.shuffle(b2, b3, 8, 24, 9, 25, 10, 26, 11, 27, 12, 28, 13, 29, 14, 30, 15, 31);
		storeUpTo(target, i16x8.shuffle(low0, high0, 0, 8, 1, 9, 2, 10, 3, 11), length - i);
		storeUpTo(target + 16, i16x8.shuffle(low0, high0, 4, 12, 5, 13, 6, 14, 7, 15), length - i - 4);
		storeUpTo(target + 32, i16x8.shuffle(low1, high1, 0, 8, 1, 9, 2, 10, 3, 11), length - i - 8);
		storeUpTo(target + 48, i16x8.shuffle(low1, high1, 4, 12, 5, 13, 6, 14, 7, 15), length - i - 12);
		target += 64;
	}
}

/** out = a ^ b; `bytes` is a multiple of 16. */
export function xor(out: usize, a: usize, b: usize, bytes: usize): void {
	for (let at: usize = 0; at < bytes; at += 16) {
		v128.store(out + at, v128.xor(v128.load(a + at), v128.load(b + at)));
	}
}

/** out = a b ^ mask; `bytes` is a multiple of 16. */
export function andXor(out: usize, a: usize, b: usize, mask: usize, bytes: usize): void {
	for (let at: usize = 0; at < bytes; at += 16) {
		const both = v128.and(v128.load(a + at), v128.load(b + at));
		v128.store(out + at, v128.xor(both, v128.load(mask + at)));
	}
}

/** out = x (y ^ y2) ^ x2 y ^ mask; `bytes` is a multiple of 16. */
export function and(out: usize, x: usize, x2: usize, y: usize, y2: usize, mask: usize, bytes: usize): void {
	for (let at: usize = 0; at < bytes; at += 16) {
		const factor = v128.load(y + at);
		const own = v128.and(v128.load(x + at), v128.xor(factor, v128.load(y2 + at)));
		const crossed = v128.and(v128.load(x2 + at), factor);
		v128.store(out + at, v128.xor(v128.xor(own, crossed), v128.load(mask + at)));
	}
}

/** Flips every bit; `bytes` is a multiple of 16. */
export function invert(planes: usize, bytes: usize): void {
	for (let at: usize = 0; at < bytes; at += 16) v128.store(planes + at, v128.not(v128.load(planes + at)));
}

/** Zeroes the bits behind the first `bits` of each plane. */
export function clearPadding(planes: usize, count: i32, bits: i32): void {
	let plane = planes;
	const stride = planeBytes(bits);
	const used: usize = <usize>(bits >> 3);
	if (used === stride) return;
	for (let i = 0; i < count; i++) {
		const last = load<u8>(plane + used);
		memory.fill(plane + used, 0, stride - used);
		const keep = (1 << (<i32>(bits & 7))) - 1;
		store<u8>(plane + used, <u8>(<i32>last & keep));
		plane += stride;
	}
}
