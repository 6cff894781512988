// Encrypted subtraction: samples to plaintext words and back, words to bits of the wire and back, tags. All arithmetic
// is on 64-bit integers; nothing branches on a value that is secret. Pointers are byte offsets into the imported memory.
//
//   words     u64[4096]                  coefficients of one polynomial
//   packed    bits of values, the lowest first, value i at bit i * width; 8 spare bytes behind it may be read and
//             written
//   samples   u8[20480]                  five to a word, the first in the lowest digit

const DEGREE: i32 = 4096;
const WORDS: usize = 32768;
const T: i64 = 140737486520321;
const Q: i64 = 8192 * T + 1;
const P: u64 = ((<u64>1) << 61) - 1;
// 255 * (1 + 512 + 512^2 + 512^3 + 512^4): makes every digit of a difference non-negative
const OFFSET: i64 = 255 * (1 + (1 << 9) + (1 << 18) + (1 << 27) + (1 << 36));

/** words[i] = sum over j < 5 of samples[5 i + j] * 512^j. */
export function packSamples(words: usize, samples: usize): void {
	for (let at: usize = 0, from = samples; at < WORDS; at += 8, from += 5) {
		const low = <u64>load<u32>(from);
		const last = <u64>load<u8>(from, 4);
		const word =
			(low & 0xff) | ((low & 0xff00) << 1) | ((low & 0xff0000) << 2) | ((low & 0xff000000) << 3) | (last << 36);
		store<u64>(words + at, word);
	}
}

/**
 * differences[5 i + j] = digit j of centred(words[i]). Returns 1 when each word is a sum of digits -255..255 and all
 * digits from `used` on are zero, else 0; the loop runs to its end in either case.
 */
export function unpackDifferences(differences: usize, words: usize, used: i32): i32 {
	let wrong: i64 = 0;
	let to = differences;
	for (let at: usize = 0; at < WORDS; at += 8) {
		const word = load<i64>(words + at);
		// above t, or negative as an i64, is no plaintext
		wrong |= (T - 1 - word) | word;
		const value = word - (T & (((T >> 1) - word) >> 63)) + OFFSET;
		// 45 bits, none of them above or below
		wrong |= -(<i64>(value >> 45 !== 0));
		for (let j: i64 = 0; j < 45; j += 9) {
			const digit = <i32>((value >> j) & 511);
			// 511 is no digit
			wrong |= <i64>(510 - digit);
			store<i16>(to, <i16>(digit - 255));
			to += 2;
		}
	}
	// a slot that carries no sample holds zero
	for (let at = differences + ((<usize>used) << 1); at < to; at += 2) wrong |= -(<i64>(load<i16>(at) !== 0));
	return wrong >= 0 ? 1 : 0;
}

/** words[i] = (words[i] + half) >> drop, in place. */
export function round(words: usize, drop: i64): void {
	const half: u64 = ((<u64>1) << drop) >> 1;
	for (let at = words; at < words + WORDS; at += 8) store<u64>(at, (load<u64>(at) + half) >> drop);
}

/** words[i] = words[i] * 2^drop mod q of signed words with abs(words[i]) * 2^drop < q, in place. */
export function restore(words: usize, drop: i64): void {
	for (let at = words; at < words + WORDS; at += 8) {
		const value = load<i64>(at) << drop;
		store<i64>(at, value + (Q & (value >> 63)));
	}
}

/** The lowest `bits` of each word; at most 60. */
export function packWords(packed: usize, words: usize, bits: i32): void {
	const mask: u64 = ((<u64>1) << bits) - 1;
	let pending: u64 = 0;
	let filled = 0;
	let to = packed;
	for (let at = words; at < words + WORDS; at += 8) {
		const value = load<u64>(at) & mask;
		pending |= value << filled;
		filled += bits;
		if (filled >= 64) {
			store<u64>(to, pending);
			to += 8;
			filled -= 64;
			pending = filled === 0 ? 0 : value >> (bits - filled);
		}
	}
	// 4096 values fill whole words of 64 bits
}

function bitsAt(packed: usize, at: i32, mask: u64): u64 {
	const from = packed + <usize>(at >> 3);
	const shift = <u64>(at & 7);
	// the ninth byte, in two shifts, because a shift by 64 is one by 0
	return ((load<u64>(from) >> shift) | (((<u64>load<u8>(from, 8)) << 1) << (63 - shift))) & mask;
}

/** Unsigned values; returns 1 when none is above `max`. */
export function unpackWords(words: usize, packed: usize, bits: i32, max: i64): i32 {
	const mask: u64 = ((<u64>1) << bits) - 1;
	let wrong: i64 = 0;
	for (let i = 0, at = words; i < DEGREE; i++, at += 8) {
		const value = <i64>bitsAt(packed, i * bits, mask);
		wrong |= max - value;
		store<i64>(at, value);
	}
	return wrong >= 0 ? 1 : 0;
}

/** Values in two's complement; returns 1 when all are within -max..max. */
export function unpackSigned(words: usize, packed: usize, bits: i32, max: i64): i32 {
	const mask: u64 = ((<u64>1) << bits) - 1;
	const spare = <i64>(64 - bits);
	let wrong: i64 = 0;
	for (let i = 0, at = words; i < DEGREE; i++, at += 8) {
		const value = ((<i64>bitsAt(packed, i * bits, mask)) << spare) >> spare;
		wrong |= (max - value) | (max + value);
		store<i64>(at, value);
	}
	return wrong >= 0 ? 1 : 0;
}

/** words[i] = a[i] - b[i]; words may be a or b. */
export function subtract(words: usize, a: usize, b: usize): void {
	for (let at: usize = 0; at < WORDS; at += 16) {
		v128.store(words + at, i64x2.sub(v128.load(a + at), v128.load(b + at)));
	}
}

/** words[i] = a[i] - b[i] mod q of words below q; words may be a or b. */
export function subtractModulo(words: usize, a: usize, b: usize): void {
	for (let i: usize = 0; i < (<usize>DEGREE) << 3; i += 8) {
		const value = load<i64>(a + i) - load<i64>(b + i);
		store<i64>(words + i, value + (Q & (value >> 63)));
	}
}

function fold(value: u64): u64 {
	return (value & P) + (value >> 61);
}

/** value * 2^shift mod p below 2^62, of value below 2^62: bits above 61 come back in at the bottom. */
function shifted(value: u64, shift: u64): u64 {
	const whole = fold(value);
	const reduced = whole >= P ? whole - P : whole;
	return fold(((reduced << shift) & P) + (reduced >> (61 - shift)));
}

/**
 * The sum of multipliers[i] * words[i] modulo p = 2^61 - 1, in 0..p-1, of multipliers below 2^61 and signed words of at
 * most 51 bits.
 *
 *   word + 2^51 = high * 2^26 + low;   multiplier = up * 2^32 + down
 *   low * down < 2^58, and every other product is smaller: 64 of each are added before they are folded
 */
export function tag(multipliers: usize, words: usize): i64 {
	let lowDown: u64 = 0;
	let lowUp: u64 = 0;
	let highDown: u64 = 0;
	let highUp: u64 = 0;
	let sum: u64 = 0;
	for (let i = 0; i < DEGREE; i++) {
		const at = (<usize>i) << 3;
		const multiplier = load<u64>(multipliers + at);
		const word = load<u64>(words + at) + ((<u64>1) << 51);
		const low = word & 0x3ffffff;
		const high = word >> 26;
		const down = multiplier & 0xffffffff;
		const up = multiplier >> 32;
		lowDown += low * down;
		lowUp += low * up;
		highDown += high * down;
		highUp += high * up;
		// what was added to the word to make it positive, taken off again: the multiplier times p - 2^51
		sum += multiplier;
		if ((i & 31) === 31) {
			lowDown = fold(lowDown);
			lowUp = fold(lowUp);
			highDown = fold(highDown);
			highUp = fold(highUp);
			sum = fold(sum);
		} else if ((i & 3) === 3) {
			sum = fold(sum);
		}
	}
	let total = fold(lowDown);
	total = fold(total + shifted(fold(lowUp), 32));
	total = fold(total + shifted(fold(highDown), 26));
	total = fold(total + shifted(fold(highUp), 58));
	const excess = fold(shifted(fold(sum), 51));
	total = fold(total + 2 * P - excess);
	total = fold(total);
	return <i64>(total >= P ? total - P : total);
}
