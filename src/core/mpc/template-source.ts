import type { RingKernel, Words } from '../kernels/ring.js';
import { copyInto } from './ring.js';
import type { Replicated } from './shares.js';

/** Shared vectors that a party holds beyond a job, numbered from 0; how and where is the source's own affair. */
export interface TemplateSource {
	readonly count: number;
	/** Numbers of each vector. */
	readonly length: number;
	/**
	 * own[i] = this party's additive part of |b|^2 + b x, b being vector `from + i`.
	 * Throws: RangeError for vectors that are not there.
	 */
	squaresAndProductsInto(own: Words, x: Replicated, from: number): void;
}

/**
 * Vectors that lie on the memory of a kernel.
 * Shape: vectors count x length, squares count; additive parts of the squares are all that is needed of them.
 */
export function templatesOnKernel(
	ring: RingKernel,
	vectors: Replicated,
	squares: Words,
	length: number,
): TemplateSource {
	const count = squares.length;
	return {
		count,
		length,
		squaresAndProductsInto(own, x, from) {
			const to = from + own.length;
			if (!(from >= 0 && to <= count)) throw new RangeError(`templates: expected 0..${count}, got ${from}..${to}`);
			copyInto(own, squares.subarray(from, to));
			const rows = {
				first: vectors.first.subarray(from * length, to * length),
				second: vectors.second.subarray(from * length, to * length),
			};
			ring.multiplySharedAddInto(own, rows, x, { rows: own.length, inner: length, columns: 1 });
		},
	};
}

/** Some vectors of a source, in the order of their places. Shape: as many as places. */
export function templatesAt(source: TemplateSource, places: readonly number[]): TemplateSource {
	return {
		count: places.length,
		length: source.length,
		squaresAndProductsInto(own, x, from) {
			for (let i = 0; i < own.length; i++) {
				source.squaresAndProductsInto(own.subarray(i, i + 1), x, places[from + i]);
			}
		},
	};
}
