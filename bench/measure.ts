import type { WindowShape } from '../src/core/kernels/ring.js';
import { median } from './wrk.js';

/** A square window of stride 1 over a square picture. */
export function squareWindow(channels: number, size: number, kernel: number, padding: number): WindowShape {
	const out = size + 2 * padding - kernel + 1;
	return {
		...{ channels, height: size, width: size, kernelHeight: kernel, kernelWidth: kernel, strideY: 1, strideX: 1 },
		...{ dilationY: 1, dilationX: 1, padTop: padding, padLeft: padding, outHeight: out, outWidth: out },
	};
}

/** The median of about 40 ms of samples, each of at least 20 us, after as many to warm up. */
export function microseconds(work: () => void): number {
	let repeats = 1;
	const sample = (): number => {
		const start = performance.now();
		for (let i = 0; i < repeats; i++) work();
		return (performance.now() - start) * 1000;
	};
	while (sample() < 20) repeats *= 2;
	const samples: number[] = [];
	for (let spent = 0; spent < 80_000; ) {
		const us = sample();
		spent += us;
		if (spent > 40_000) samples.push(us / repeats);
	}
	return median(samples.length > 0 ? samples : [sample() / repeats]);
}
