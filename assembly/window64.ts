// Windows over pictures of int64 elements; see shared/windows.ts.

import { columns as columnsOf, tap as tapOf, windowSum as windowSumOf } from './shared/windows';

export function columns(to: usize, image: usize, window: usize): void {
	columnsOf<i64>(to, image, window);
}

/** `outside` is a whole number: callers have it as a float64. */
export function tap(to: usize, image: usize, window: usize, u: i32, v: i32, outside: f64): void {
	tapOf<i64>(to, image, window, u, v, <i64>outside);
}

export function windowSum(to: usize, image: usize, window: usize): void {
	windowSumOf<i64>(to, image, window);
}
