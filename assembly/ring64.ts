// Arithmetic in Z_2^64 on shares, value by value. All pointers are byte offsets into the imported memory, lengths count
// elements. Everything wraps. Whole numbers of callers come as float64. The exact meaning of each function is in
// src/core/kernels/ring.ts. Simple on purpose: 64 bits are the ring that is fallen back to.

// 1 or 0.
function bitAt(plane: usize, i: usize): i64 {
	return (load<u8>(plane + (i >> 3)) >> (<u8>i & 7)) & 1;
}

// x for bit 0, -x for bit 1.
function negateIf(bit: i64, x: i64): i64 {
	return (x ^ -bit) + bit;
}

export function add(out: usize, a: usize, b: usize, length: i32): void {
	const end: usize = (<usize>length) << 3;
	for (let at: usize = 0; at < end; at += 8) store<i64>(out + at, load<i64>(a + at) + load<i64>(b + at));
}

export function subtract(out: usize, a: usize, b: usize, length: i32): void {
	const end: usize = (<usize>length) << 3;
	for (let at: usize = 0; at < end; at += 8) store<i64>(out + at, load<i64>(a + at) - load<i64>(b + at));
}

export function scale(out: usize, a: usize, factor: f64, length: i32): void {
	const whole = <i64>factor;
	const end: usize = (<usize>length) << 3;
	for (let at: usize = 0; at < end; at += 8) store<i64>(out + at, load<i64>(a + at) * whole);
}

export function addZeroShare(out: usize, values: usize, plus: usize, minus: usize, length: i32): void {
	const end: usize = (<usize>length) << 3;
	for (let at: usize = 0; at < end; at += 8) {
		store<i64>(out + at, load<i64>(values + at) + load<i64>(plus + at) - load<i64>(minus + at));
	}
}

export function multiplyElements(out: usize, a: usize, b: usize, length: i32): void {
	const end: usize = (<usize>length) << 3;
	for (let at: usize = 0; at < end; at += 8) store<i64>(out + at, load<i64>(a + at) * load<i64>(b + at));
}

export function rowSum(out: usize, values: usize, rows: i32, length: i32): void {
	let source = values;
	for (let row: usize = 0; row < <usize>rows; row++) {
		let sum: i64 = 0;
		for (const end = source + ((<usize>length) << 3); source < end; source += 8) sum += load<i64>(source);
		store<i64>(out + (row << 3), sum);
	}
}

export function addBias(out: usize, bias: usize, channels: i32, plane: i32): void {
	let target = out;
	for (let c: usize = 0; c < <usize>channels; c++) {
		const v = load<i64>(bias + (c << 3));
		for (const end = target + ((<usize>plane) << 3); target < end; target += 8) {
			store<i64>(target, load<i64>(target) + v);
		}
	}
}

/** Bit i = the sign of (values[i] ^ flip) + plus; padding bits are zero. */
export function signBits(bits: usize, values: usize, length: i32, flip: i32, plus: f64): void {
	const whole = <i64>plus;
	memory.fill(bits, 0, ((<usize>length + 127) >> 7) << 4);
	for (let i: usize = 0; i < <usize>length; i++) {
		const sign = <u64>((load<i64>(values + (i << 3)) ^ <i64>flip) + whole) >> 63;
		const at = bits + (i >> 3);
		store<u8>(at, <u8>(load<u8>(at) | ((<u8>sign) << (<u8>i & 7))));
	}
}

/** (c >>> f) - 2^(62 - f) + p 2^(64 - f), with c = y0 + 2^62, p = (1 - 2e)(phi d + (1 - 2d) s0). */
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
	const less: i64 = (<i64>1) << (62 - f);
	for (let i: usize = 0; i < <usize>length; i++) {
		const at = i << 3;
		const second = bitAt(d, i);
		const p = negateIf(bitAt(e, i), (bitAt(phi, i) & second) + negateIf(second, load<i64>(s0 + at)));
		const c = <i64>(<u64>(load<i64>(y0 + at) + ((<i64>1) << 62)) >> f);
		store<i64>(out + at, c - less + (p << (64 - f)));
	}
}

/** -(r >>> f) + p 2^(64 - f), with r = -y1, m = msb(r), p = e m + (1 - 2e)(1 - 2d) s1. */
export function truncateSecond(out: usize, y1: usize, f: i32, e: usize, d: usize, s1: usize, length: i32): void {
	for (let i: usize = 0; i < <usize>length; i++) {
		const at = i << 3;
		const first = bitAt(e, i);
		const r: u64 = -load<i64>(y1 + at);
		const p = (first & <i64>(r >> 63)) + negateIf(first ^ bitAt(d, i), load<i64>(s1 + at));
		store<i64>(out + at, (p << (64 - f)) - <i64>(r >> f));
	}
}

export function bitMinus(out: usize, bits: usize, values: usize, length: i32): void {
	for (let i: usize = 0; i < <usize>length; i++) {
		store<i64>(out + (i << 3), bitAt(bits, i) - load<i64>(values + (i << 3)));
	}
}

export function selectedMinus(out: usize, bits: usize, a: usize, b: usize, mask: usize, length: i32): void {
	for (let i: usize = 0; i < <usize>length; i++) {
		const at = i << 3;
		const sum = load<i64>(a + at) + load<i64>(b + at);
		store<i64>(out + at, (sum & -bitAt(bits, i)) - load<i64>(mask + at));
	}
}

/** c half + (1 - 2c)(rho y + g). */
export function select(out: usize, bits: usize, half: usize, rho: usize, y: usize, g: usize, length: i32): void {
	for (let i: usize = 0; i < <usize>length; i++) {
		const at = i << 3;
		const c = bitAt(bits, i);
		const crossed = load<i64>(rho + at) * load<i64>(y + at) + load<i64>(g + at);
		store<i64>(out + at, (load<i64>(half + at) & -c) + negateIf(c, crossed));
	}
}
