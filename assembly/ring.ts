// Arithmetic in Z_2^32 on shares, value by value. All pointers are byte offsets into the imported memory,
// lengths count elements. Everything wraps. The exact meaning of each function is in src/core/kernels/ring.ts.

import { loadTail, storeTail, sumOf } from './shared/vectors';

// All ones where the bit of the value is set; `i` is a multiple of 4.
function maskAt(plane: usize, i: i32): v128 {
	const weights = i32x4.shl(i32x4(1, 2, 4, 8), i & 4);
	return i32x4.eq(v128.and(v128.load8_splat(plane + (i >> 3)), weights), weights);
}

// x where the mask is 0, -x where it is all ones.
function negateWhere(mask: v128, x: v128): v128 {
	return i32x4.sub(v128.xor(x, mask), mask);
}

export function add(out: usize, a: usize, b: usize, length: i32): void {
	const end: usize = (<usize>length & ~3) << 2;
	for (let at: usize = 0; at < end; at += 16) {
		v128.store(out + at, i32x4.add(v128.load(a + at), v128.load(b + at)));
	}
	const rest = length & 3;
	if (rest) storeTail(out + end, i32x4.add(loadTail(a + end, rest), loadTail(b + end, rest)), rest);
}

export function subtract(out: usize, a: usize, b: usize, length: i32): void {
	const end: usize = (<usize>length & ~3) << 2;
	for (let at: usize = 0; at < end; at += 16) {
		v128.store(out + at, i32x4.sub(v128.load(a + at), v128.load(b + at)));
	}
	const rest = length & 3;
	if (rest) storeTail(out + end, i32x4.sub(loadTail(a + end, rest), loadTail(b + end, rest)), rest);
}

export function scale(out: usize, a: usize, factor: i32, length: i32): void {
	const factors = i32x4.splat(factor);
	const end: usize = (<usize>length & ~3) << 2;
	for (let at: usize = 0; at < end; at += 16) {
		v128.store(out + at, i32x4.mul(v128.load(a + at), factors));
	}
	const rest = length & 3;
	if (rest) storeTail(out + end, i32x4.mul(loadTail(a + end, rest), factors), rest);
}

export function addZeroShare(out: usize, values: usize, plus: usize, minus: usize, length: i32): void {
	const end: usize = (<usize>length & ~3) << 2;
	for (let at: usize = 0; at < end; at += 16) {
		const mask = i32x4.sub(v128.load(plus + at), v128.load(minus + at));
		v128.store(out + at, i32x4.add(v128.load(values + at), mask));
	}
	const rest = length & 3;
	if (rest) {
		const mask = i32x4.sub(loadTail(plus + end, rest), loadTail(minus + end, rest));
		storeTail(out + end, i32x4.add(loadTail(values + end, rest), mask), rest);
	}
}

export function multiplyElements(out: usize, a: usize, b: usize, length: i32): void {
	const end: usize = (<usize>length & ~3) << 2;
	for (let at: usize = 0; at < end; at += 16) {
		v128.store(out + at, i32x4.mul(v128.load(a + at), v128.load(b + at)));
	}
	const rest = length & 3;
	if (rest) storeTail(out + end, i32x4.mul(loadTail(a + end, rest), loadTail(b + end, rest)), rest);
}

export function rowSum(out: usize, values: usize, rows: i32, length: i32): void {
	let source = values;
	const end: usize = (<usize>length & ~3) << 2;
	const rest = length & 3;
	for (let row = 0; row < rows; row++) {
		let sum = i32x4.splat(0);
		for (let at: usize = 0; at < end; at += 16) sum = i32x4.add(sum, v128.load(source + at));
		if (rest) sum = i32x4.add(sum, loadTail(source + end, rest));
		store<i32>(out + ((<usize>row) << 2), sumOf(sum));
		source += (<usize>length) << 2;
	}
}

export function addBias(out: usize, bias: usize, channels: i32, plane: i32): void {
	let target = out;
	const end: usize = (<usize>plane & ~3) << 2;
	const rest = plane & 3;
	for (let c = 0; c < channels; c++) {
		const v = v128.load32_splat(bias + ((<usize>c) << 2));
		for (let at: usize = 0; at < end; at += 16) v128.store(target + at, i32x4.add(v128.load(target + at), v));
		if (rest) storeTail(target + end, i32x4.add(loadTail(target + end, rest), v), rest);
		target += (<usize>plane) << 2;
	}
}

/** Bit i = the sign of (values[i] ^ flip) + plus; padding bits are zero. */
export function signBits(bits: usize, values: usize, length: i32, flip: i32, plus: i32): void {
	let target = bits;
	let source = values;
	const flips = i32x4.splat(flip);
	const pluses = i32x4.splat(plus);
	const end = target + (((<usize>length + 127) >> 7) << 4);
	let i = 0;
	for (; i + 16 <= length; i += 16) {
		// saturation keeps signs
		const low = i16x8.narrow_i32x4_s(
			i32x4.add(v128.xor(v128.load(source), flips), pluses),
			i32x4.add(v128.xor(v128.load(source, 16), flips), pluses),
		);
		const high = i16x8.narrow_i32x4_s(
			i32x4.add(v128.xor(v128.load(source, 32), flips), pluses),
			i32x4.add(v128.xor(v128.load(source, 48), flips), pluses),
		);
		store<u16>(target, <u16>i8x16.bitmask(i8x16.narrow_i16x8_s(low, high)));
		source += 64;
		target += 2;
	}
	if (target < end) memory.fill(target, 0, end - target);
	for (let b = 0; i < length; i++, b++) {
		const sign = <u32>((load<i32>(source) ^ flip) + plus) >>> 31;
		store<u8>(target + (b >> 3), <u8>(load<u8>(target + (b >> 3)) | (sign << (b & 7))));
		source += 4;
	}
}

// p 2^(32 - f), with p = (1 - 2e)(phi d + (1 - 2d) s0)
function firstCorrection(e: v128, d: v128, phi: v128, s0: v128, f: i32): v128 {
	const p = negateWhere(e, i32x4.sub(negateWhere(d, s0), v128.and(phi, d)));
	return i32x4.shl(p, 32 - f);
}

export function truncateFirst(
	out: usize,
	y0: usize,
	f: i32,
	e: usize,
	d: usize,
	phi: usize,
	s0: usize,
	length: i32,
): void {
	const offset = i32x4.splat(1 << 30);
	const less = i32x4.splat(1 << (30 - f));
	let i = 0;
	for (; i < (length & ~3); i += 4) {
		const at: usize = (<usize>i) << 2;
		const p = firstCorrection(maskAt(e, i), maskAt(d, i), maskAt(phi, i), v128.load(s0 + at), f);
		const c = i32x4.sub(i32x4.shr_u(i32x4.add(v128.load(y0 + at), offset), f), less);
		v128.store(out + at, i32x4.add(c, p));
	}
	const rest = length & 3;
	if (rest) {
		const at: usize = (<usize>i) << 2;
		const p = firstCorrection(maskAt(e, i), maskAt(d, i), maskAt(phi, i), loadTail(s0 + at, rest), f);
		const c = i32x4.sub(i32x4.shr_u(i32x4.add(loadTail(y0 + at, rest), offset), f), less);
		storeTail(out + at, i32x4.add(c, p), rest);
	}
}

// -(r >>> f) + p 2^(32 - f), with r = -y1, m = msb(r), p = e m + (1 - 2e)(1 - 2d) s1
function secondHalf(e: v128, d: v128, y1: v128, s1: v128, f: i32): v128 {
	const r = i32x4.neg(y1);
	const p = i32x4.sub(negateWhere(v128.xor(e, d), s1), v128.and(e, i32x4.shr_s(r, 31)));
	return i32x4.sub(i32x4.shl(p, 32 - f), i32x4.shr_u(r, f));
}

export function truncateSecond(out: usize, y1: usize, f: i32, e: usize, d: usize, s1: usize, length: i32): void {
	let i = 0;
	for (; i < (length & ~3); i += 4) {
		const at: usize = (<usize>i) << 2;
		v128.store(out + at, secondHalf(maskAt(e, i), maskAt(d, i), v128.load(y1 + at), v128.load(s1 + at), f));
	}
	const rest = length & 3;
	if (rest) {
		const at: usize = (<usize>i) << 2;
		const v = secondHalf(maskAt(e, i), maskAt(d, i), loadTail(y1 + at, rest), loadTail(s1 + at, rest), f);
		storeTail(out + at, v, rest);
	}
}

export function bitMinus(out: usize, bits: usize, values: usize, length: i32): void {
	let i = 0;
	for (; i < (length & ~3); i += 4) {
		const at: usize = (<usize>i) << 2;
		v128.store(out + at, i32x4.neg(i32x4.add(maskAt(bits, i), v128.load(values + at))));
	}
	const rest = length & 3;
	if (rest) {
		const at: usize = (<usize>i) << 2;
		storeTail(out + at, i32x4.neg(i32x4.add(maskAt(bits, i), loadTail(values + at, rest))), rest);
	}
}

export function selectedMinus(out: usize, bits: usize, a: usize, b: usize, mask: usize, length: i32): void {
	let i = 0;
	for (; i < (length & ~3); i += 4) {
		const at: usize = (<usize>i) << 2;
		const sum = i32x4.add(v128.load(a + at), v128.load(b + at));
		v128.store(out + at, i32x4.sub(v128.and(maskAt(bits, i), sum), v128.load(mask + at)));
	}
	const rest = length & 3;
	if (rest) {
		const at: usize = (<usize>i) << 2;
		const sum = i32x4.add(loadTail(a + at, rest), loadTail(b + at, rest));
		storeTail(out + at, i32x4.sub(v128.and(maskAt(bits, i), sum), loadTail(mask + at, rest)), rest);
	}
}

// c half + (1 - 2c)(rho y + g)
function selected(c: v128, half: v128, rho: v128, y: v128, g: v128): v128 {
	return i32x4.add(v128.and(c, half), negateWhere(c, i32x4.add(i32x4.mul(rho, y), g)));
}

export function select(out: usize, bits: usize, half: usize, rho: usize, y: usize, g: usize, length: i32): void {
	let i = 0;
	for (; i < (length & ~3); i += 4) {
		const at: usize = (<usize>i) << 2;
		const c = maskAt(bits, i);
		v128.store(out + at, selected(c, v128.load(half + at), v128.load(rho + at), v128.load(y + at), v128.load(g + at)));
	}
	const rest = length & 3;
	if (rest) {
		const at: usize = (<usize>i) << 2;
		const c = maskAt(bits, i);
		const v = selected(
			c,
			loadTail(half + at, rest),
			loadTail(rho + at, rest),
			loadTail(y + at, rest),
			loadTail(g + at, rest),
		);
		storeTail(out + at, v, rest);
	}
}
