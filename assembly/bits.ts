// Arithmetic on bit planes: bit i of a plane is bit i & 7 of byte i >> 3, padded with zeros to whole vectors. All
// pointers are byte offsets into the imported memory. The exact meaning is in src/core/kernels/ring.ts.

function planeBytes(bits: i32): usize {
	return ((<usize>bits + 127) >> 7) << 4;
}

// Up to four elements at a place, zeros behind them; none for a count below 1.
function loadUpTo(at: usize, count: i32): v128 {
	if (count >= 4) return v128.load(at);
	if (count < 1) return i32x4.splat(0);
	let v = v128.load32_zero(at);
	if (count > 1) v = v128.load32_lane(at, v, 1, 4);
	if (count > 2) v = v128.load32_lane(at, v, 2, 8);
	return v;
}

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

function sliceSixteen(at: usize, v0: v128, v1: v128, v2: v128, v3: v128, width: i32): void {
	const a = i8x16.shuffle(v0, v1, 0, 4, 8, 12, 16, 20, 24, 28, 1, 5, 9, 13, 17, 21, 25, 29);
	const b = i8x16.shuffle(v2, v3, 0, 4, 8, 12, 16, 20, 24, 28, 1, 5, 9, 13, 17, 21, 25, 29);
	const c = i8x16.shuffle(v0, v1, 2, 6, 10, 14, 18, 22, 26, 30, 3, 7, 11, 15, 19, 23, 27, 31);
	const d = i8x16.shuffle(v2, v3, 2, 6, 10, 14, 18, 22, 26, 30, 3, 7, 11, 15, 19, 23, 27, 31);
	sliceBytes(at, i64x2.shuffle(a, b, 0, 2), width);
	if (width > 8) sliceBytes(at + 128, i64x2.shuffle(a, b, 1, 3), width - 8);
	if (width > 16) sliceBytes(at + 256, i64x2.shuffle(c, d, 0, 2), width - 16);
	if (width > 24) sliceBytes(at + 384, i64x2.shuffle(c, d, 1, 3), width - 24);
}

// Bits 0 to width - 1 of sixteen bytes, one plane each; what a shift carries between bytes stays below the top bit.
function sliceBytes(at: usize, bytes: v128, width: i32): void {
	if (width >= 8) {
		store<u16>(at, <u16>i8x16.bitmask(i16x8.shl(bytes, 7)));
		store<u16>(at, <u16>i8x16.bitmask(i16x8.shl(bytes, 6)), 16);
		store<u16>(at, <u16>i8x16.bitmask(i16x8.shl(bytes, 5)), 32);
		store<u16>(at, <u16>i8x16.bitmask(i16x8.shl(bytes, 4)), 48);
		store<u16>(at, <u16>i8x16.bitmask(i16x8.shl(bytes, 3)), 64);
		store<u16>(at, <u16>i8x16.bitmask(i16x8.shl(bytes, 2)), 80);
		store<u16>(at, <u16>i8x16.bitmask(i16x8.shl(bytes, 1)), 96);
		store<u16>(at, <u16>i8x16.bitmask(bytes), 112);
		return;
	}
	let rest = i8x16.shl(bytes, 8 - width);
	let target = at + ((<usize>(width - 1)) << 4);
	for (let b = 0; b < width; b++) {
		store<u16>(target, <u16>i8x16.bitmask(rest));
		rest = i8x16.add(rest, rest);
		target -= 16;
	}
}

// Sixteen bits of up to eight planes as bytes of sixteen values.
function joinBytes(at: usize, stride: usize, width: i32): v128 {
	let source = at;
	const bit = i8x16(1, 2, 4, 8, 16, 32, 64, -128, 1, 2, 4, 8, 16, 32, 64, -128);
	let weight = i8x16.splat(1);
	let bytes = i8x16.splat(0);
	for (let b = min(width, 8); b > 0; b--) {
		const pair = v128.load16_splat(source);
		const spread = i8x16.shuffle(pair, pair, 0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 1, 1, 1, 1);
		bytes = v128.or(bytes, v128.and(i8x16.eq(v128.and(spread, bit), bit), weight));
		weight = i8x16.add(weight, weight);
		source += stride;
	}
	return bytes;
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

function storeUpTo(at: usize, v: v128, count: i32): void {
	if (count >= 4) {
		v128.store(at, v);
		return;
	}
	if (count > 0) v128.store32_lane(at, v, 0);
	if (count > 1) v128.store32_lane(at, v, 1, 4);
	if (count > 2) v128.store32_lane(at, v, 2, 8);
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
