// Adds camera reports into sums, four reports at a time. All pointers are byte offsets into the imported memory and
// 16-byte aligned; lengths are whole blocks (the caller pads with zeros). Sums wrap modulo 2^32.
//
//   table    u32[reports]   pointers to reports; a multiple of four, padded with the pointer to a report of zeros
//   report   i16[samples]   or   bits, sample i = bit (i & 7) of byte i >> 3
//   sums     i32[samples]

/** sums[i] += sum over reports of report[i]; `samples` is a multiple of 8. */
export function addInt16(sums: usize, table: usize, reports: i32, samples: i32): void {
	const ones = i16x8.splat(1);
	const end: usize = (<usize>samples) << 1;
	// A block of 2,048 samples keeps its sums (8 KB) in the first-level cache while all reports pass over it.
	for (let start: usize = 0; start < end; start += 4096) {
		const stop = min(start + 4096, end);
		for (let r = 0; r < reports; r += 4) {
			const entry = table + ((<usize>r) << 2);
			const a: usize = load<u32>(entry);
			const b: usize = load<u32>(entry, 4);
			const c: usize = load<u32>(entry, 8);
			const d: usize = load<u32>(entry, 12);
			for (let at = start; at < stop; at += 16) {
				const va = v128.load(a + at);
				const vb = v128.load(b + at);
				const vc = v128.load(c + at);
				const vd = v128.load(d + at);
				const sum = sums + (at << 1);
				// a dot product with ones widens and adds a pair of interleaved reports in one step
				const low = i32x4.add(
					i32x4.dot_i16x8_s(i16x8.shuffle(va, vb, 0, 8, 1, 9, 2, 10, 3, 11), ones),
					i32x4.dot_i16x8_s(i16x8.shuffle(vc, vd, 0, 8, 1, 9, 2, 10, 3, 11), ones),
				);
				const high = i32x4.add(
					i32x4.dot_i16x8_s(i16x8.shuffle(va, vb, 4, 12, 5, 13, 6, 14, 7, 15), ones),
					i32x4.dot_i16x8_s(i16x8.shuffle(vc, vd, 4, 12, 5, 13, 6, 14, 7, 15), ones),
				);
				v128.store(sum, i32x4.add(v128.load(sum), low));
				v128.store(sum, i32x4.add(v128.load(sum, 16), high), 16);
			}
		}
	}
}

/** The same for one report: half the work of a group of four, of which three are zeros. */
export function addOneInt16(sums: usize, report: usize, samples: i32): void {
	const end: usize = (<usize>samples) << 1;
	for (let at: usize = 0; at < end; at += 16) {
		const v = v128.load(report + at);
		const sum = sums + (at << 1);
		v128.store(sum, i32x4.add(v128.load(sum), i32x4.extend_low_i16x8_s(v)));
		v128.store(sum, i32x4.add(v128.load(sum, 16), i32x4.extend_high_i16x8_s(v)), 16);
	}
}

/** 1 where every sample lies in low..high, else 0; `samples` is a multiple of 8. */
export function withinInt16(report: usize, samples: i32, low: i32, high: i32): i32 {
	const end: usize = (<usize>samples) << 1;
	let least = i16x8.splat(32767);
	let most = i16x8.splat(-32768);
	for (let at: usize = 0; at < end; at += 16) {
		const v = v128.load(report + at);
		least = i16x8.min_s(least, v);
		most = i16x8.max_s(most, v);
	}
	const below = i16x8.lt_s(least, i16x8.splat(<i16>low));
	const above = i16x8.gt_s(most, i16x8.splat(<i16>high));
	return v128.any_true(v128.or(below, above)) ? 0 : 1;
}

// Byte i of the result is byte i >> 3 of two bytes, then masked to the bit i & 7.
function spread(pair: v128): v128 {
	const bytes = i8x16.swizzle(pair, i8x16(0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 1, 1, 1, 1));
	const bit = i8x16(1, 2, 4, 8, 16, 32, 64, -128, 1, 2, 4, 8, 16, 32, 64, -128);
	return i8x16.eq(v128.and(bytes, bit), bit);
}

/** sums[i] += bit i of one report; `samples` is a multiple of 128. */
export function addOneBits(sums: usize, report: usize, samples: i32): void {
	const end: usize = <usize>samples >> 3;
	for (let at: usize = 0; at < end; at += 2) {
		// a set bit is a byte of ones, that is -1
		const minus = spread(v128.load16_splat(report + at));
		const low = i16x8.extend_low_i8x16_s(minus);
		const high = i16x8.extend_high_i8x16_s(minus);
		const sum = sums + (at << 5);
		v128.store(sum, i32x4.sub(v128.load(sum), i32x4.extend_low_i16x8_s(low)));
		v128.store(sum, i32x4.sub(v128.load(sum, 16), i32x4.extend_high_i16x8_s(low)), 16);
		v128.store(sum, i32x4.sub(v128.load(sum, 32), i32x4.extend_low_i16x8_s(high)), 32);
		v128.store(sum, i32x4.sub(v128.load(sum, 48), i32x4.extend_high_i16x8_s(high)), 48);
	}
}

/**
 * sums[i] += number of reports whose bit i is set; `samples` is a multiple of 128, `reports` a multiple of four and at
 * most 252. A column of 128 samples counts in eight registers, one bit of the count in each (a carry-save counter:
 * three full adders for four reports, then a ripple), and is widened once.
 */
export function addBits(sums: usize, table: usize, reports: i32, samples: i32): void {
	const end: usize = <usize>samples >> 3;
	const scratch: usize = table + 1024;
	for (let at: usize = 0; at < end; at += 16) {
		let c0 = i8x16.splat(0);
		let c1 = c0;
		let c2 = c0;
		let c3 = c0;
		let c4 = c0;
		let c5 = c0;
		let c6 = c0;
		let c7 = c0;
		for (let r = 0; r < reports; r += 4) {
			const entry = table + ((<usize>r) << 2);
			const x0 = v128.load(<usize>load<u32>(entry) + at);
			const x1 = v128.load(<usize>load<u32>(entry, 4) + at);
			const x2 = v128.load(<usize>load<u32>(entry, 8) + at);
			const x3 = v128.load(<usize>load<u32>(entry, 12) + at);
			// full adder: c0 + x0 + x1, then c0 + x2 + x3
			const p = v128.xor(x0, x1);
			const t1 = v128.or(v128.and(x0, x1), v128.and(c0, p));
			c0 = v128.xor(c0, p);
			const q = v128.xor(x2, x3);
			const t2 = v128.or(v128.and(x2, x3), v128.and(c0, q));
			c0 = v128.xor(c0, q);
			// full adder of the two carries into the twos, then the ripple
			const s = v128.xor(t1, t2);
			let carry = v128.or(v128.and(t1, t2), v128.and(c1, s));
			c1 = v128.xor(c1, s);
			let next = v128.and(c2, carry);
			c2 = v128.xor(c2, carry);
			carry = v128.and(c3, next);
			c3 = v128.xor(c3, next);
			next = v128.and(c4, carry);
			c4 = v128.xor(c4, carry);
			carry = v128.and(c5, next);
			c5 = v128.xor(c5, next);
			next = v128.and(c6, carry);
			c6 = v128.xor(c6, carry);
			c7 = v128.xor(c7, next);
		}
		v128.store(scratch, c0);
		v128.store(scratch, c1, 16);
		v128.store(scratch, c2, 32);
		v128.store(scratch, c3, 48);
		v128.store(scratch, c4, 64);
		v128.store(scratch, c5, 80);
		v128.store(scratch, c6, 96);
		v128.store(scratch, c7, 112);
		widen(sums + (at << 5), scratch, reports);
	}
}

// Adds the 128 counts whose bits lie in eight vectors at `planes` to 128 sums.
function widen(sums: usize, planes: usize, reports: i32): void {
	const weight = i8x16.splat(1);
	for (let pair: usize = 0; pair < 16; pair += 2) {
		let counts = i8x16.splat(0);
		let plane = planes + pair;
		let w = weight;
		for (let most = reports; most > 0; most >>= 1) {
			counts = v128.or(counts, v128.and(spread(v128.load16_splat(plane)), w));
			w = i8x16.add(w, w);
			plane += 16;
		}
		const low = i16x8.extend_low_i8x16_u(counts);
		const high = i16x8.extend_high_i8x16_u(counts);
		const sum = sums + (pair << 5);
		v128.store(sum, i32x4.add(v128.load(sum), i32x4.extend_low_i16x8_u(low)));
		v128.store(sum, i32x4.add(v128.load(sum, 16), i32x4.extend_high_i16x8_u(low)), 16);
		v128.store(sum, i32x4.add(v128.load(sum, 32), i32x4.extend_low_i16x8_u(high)), 32);
		v128.store(sum, i32x4.add(v128.load(sum, 48), i32x4.extend_high_i16x8_u(high)), 48);
	}
}
