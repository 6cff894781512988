// Bit planes of 64-bit values: the lower and upper halves of sixteen values go the way of 32-bit ones. All pointers are
// byte offsets into the imported memory. The exact meaning is in src/core/kernels/ring.ts.

import { joinBytes, planeBytes, sliceSixteen } from './shared/planes';

/** As of 32-bit values; a vector of each plane is gathered in `scratch`, 1024 bytes. */
export function slice(planes: usize, values: usize, length: i32, from: i32, width: i32, scratch: usize): void {
	const stride = planeBytes(length);
	for (let i = 0; i < length; i += 128) {
		const count = min(128, length - i);
		for (let at = 0; at < 128; at += 16) {
			sliceHalves(scratch + (at >> 3), values + ((<usize>(i + at)) << 3), count - at, from, width);
		}
		let target = planes + (i >> 3);
		for (let b = 0; b < width; b++) {
			v128.store(target, v128.load(scratch + (b << 4)));
			target += stride;
		}
	}
}

// Bits of up to sixteen values: two bytes of each plane, 16 bytes apart.
function sliceHalves(at: usize, source: usize, count: i32, from: i32, width: i32): void {
	const v0 = loadPair(source, count, from);
	const v1 = loadPair(source + 16, count - 2, from);
	const v2 = loadPair(source + 32, count - 4, from);
	const v3 = loadPair(source + 48, count - 6, from);
	const v4 = loadPair(source + 64, count - 8, from);
	const v5 = loadPair(source + 80, count - 10, from);
	const v6 = loadPair(source + 96, count - 12, from);
	const v7 = loadPair(source + 112, count - 14, from);
	sliceSixteen(at, lower(v0, v1), lower(v2, v3), lower(v4, v5), lower(v6, v7), width);
	if (width > 32) {
		sliceSixteen(at + 512, upper(v0, v1), upper(v2, v3), upper(v4, v5), upper(v6, v7), width - 32);
	}
}

// Up to two values, shifted; zeros behind them.
function loadPair(at: usize, count: i32, shift: i32): v128 {
	if (count < 1) return i64x2.splat(0);
	return i64x2.shr_u(count > 1 ? v128.load(at) : v128.load64_zero(at), shift);
}

function lower(a: v128, b: v128): v128 {
	return i32x4.shuffle(a, b, 0, 2, 4, 6);
}

function upper(a: v128, b: v128): v128 {
	return i32x4.shuffle(a, b, 1, 3, 5, 7);
}

/** values[i] = the sum of the bits of `width` planes, the lowest first. */
export function unslice(values: usize, planes: usize, length: i32, width: i32): void {
	const stride = planeBytes(length);
	for (let i = 0; i < length; i += 16) {
		const count = min(16, length - i);
		const target = values + ((<usize>i) << 3);
		for (let byte = 0; byte < 8; byte++) {
			const from = byte << 3;
			const joined = from < width ? joinBytes(planes + (i >> 3) + stride * from, stride, width - from) : i8x16.splat(0);
			storeBytes(target + byte, joined, count);
		}
	}
}

// A byte of each of up to sixteen values.
function storeBytes(at: usize, bytes: v128, count: i32): void {
	let low = i64x2.extract_lane(bytes, 0);
	let high = i64x2.extract_lane(bytes, 1);
	let target = at;
	for (let i = min(8, count); i > 0; i--) {
		store<u8>(target, <u8>low);
		low >>= 8;
		target += 8;
	}
	for (let i = count - 8; i > 0; i--) {
		store<u8>(target, <u8>high);
		high >>= 8;
		target += 8;
	}
}
