// Vectors of four int32 at the ends of arrays.

// The first one to three elements at a place, zeros behind them.
export function loadTail(at: usize, count: i32): v128 {
	let v = v128.load32_zero(at);
	if (count > 1) v = v128.load32_lane(at, v, 1, 4);
	if (count > 2) v = v128.load32_lane(at, v, 2, 8);
	return v;
}

export function storeTail(at: usize, v: v128, count: i32): void {
	v128.store32_lane(at, v, 0);
	if (count > 1) v128.store32_lane(at, v, 1, 4);
	if (count > 2) v128.store32_lane(at, v, 2, 8);
}

export function sumOf(v: v128): i32 {
	return i32x4.extract_lane(v, 0) + i32x4.extract_lane(v, 1) + i32x4.extract_lane(v, 2) + i32x4.extract_lane(v, 3);
}
