// Bit planes, sixteen values at a time: bit i of a plane is bit i & 7 of byte i >> 3, padded with zeros to whole vectors.

export function planeBytes(bits: i32): usize {
	return ((<usize>bits + 127) >> 7) << 4;
}

// Up to four elements at a place, zeros behind them; none for a count below 1.
export function loadUpTo(at: usize, count: i32): v128 {
	if (count >= 4) return v128.load(at);
	if (count < 1) return i32x4.splat(0);
	let v = v128.load32_zero(at);
	if (count > 1) v = v128.load32_lane(at, v, 1, 4);
	if (count > 2) v = v128.load32_lane(at, v, 2, 8);
	return v;
}

// Planes 0 to width - 1 of sixteen values get two bytes each, 16 bytes apart. The values become vectors of their lowest,
// second, … bytes; the top bits of a vector of bytes are sixteen bits of a plane.
export function sliceSixteen(at: usize, v0: v128, v1: v128, v2: v128, v3: v128, width: i32): void {
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
export function joinBytes(at: usize, stride: usize, width: i32): v128 {
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

export function storeUpTo(at: usize, v: v128, count: i32): void {
	if (count >= 4) {
		v128.store(at, v);
		return;
	}
	if (count > 0) v128.store32_lane(at, v, 0);
	if (count > 1) v128.store32_lane(at, v, 1, 4);
	if (count > 2) v128.store32_lane(at, v, 2, 8);
}
