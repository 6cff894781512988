// Windows over pictures of int32 elements; see shared/windows.ts.

import { columns as columnsOf, tap as tapOf, windowSum as windowSumOf } from './shared/windows';

export function columns(to: usize, image: usize, window: usize): void {
	columnsOf<i32>(to, image, window);
}

export function tap(to: usize, image: usize, window: usize, u: i32, v: i32, outside: i32): void {
	tapOf<i32>(to, image, window, u, v, outside);
}

export function windowSum(to: usize, image: usize, window: usize): void {
	windowSumOf<i32>(to, image, window);
}
