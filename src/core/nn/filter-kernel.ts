import { DataError } from '../errors.js';

/** Weights that are laid over each pixel and its neighbours as they are written, not flipped. */
export interface FilterKernel {
	/** For messages. */
	readonly name: string;
	/** Odd. */
	readonly height: number;
	/** Odd. */
	readonly width: number;
	/** Row-major. */
	readonly weights: Float32Array;
}

export const maxKernelSide = 15;

/** The pixel plus its difference from its four neighbours. */
export const sharpenKernel: FilterKernel = {
	name: 'sharpen',
	height: 3,
	width: 3,
	weights: Float32Array.of(0, -1, 0, -1, 5, -1, 0, -1, 0),
};

/**
 * The difference from the eight neighbours (Laplacian): edges in every direction by one linear filter. Sobel's gradient
 * would need two and the root of a sum of squares.
 */
export const edgesKernel: FilterKernel = {
	name: 'edges',
	height: 3,
	width: 3,
	weights: Float32Array.of(-1, -1, -1, -1, 8, -1, -1, -1, -1),
};

/**
 * A kernel from a JSON list of rows, such as [[0, 1, 0], [1, -4, 1], [0, 1, 0]].
 * Throws: DataError `bad-kernel`, named by `name`.
 */
export function parseKernel(text: string, name: string): FilterKernel {
	const refuse = (why: string, cause?: unknown): DataError =>
		new DataError('bad-kernel', `${name}: ${why}`, {
			hint: `write JSON rows of numbers, odd sides up to ${maxKernelSide}: [[0,-1,0],[-1,5,-1],[0,-1,0]]`,
			cause,
		});
	const rows = parseJson(text, refuse);
	if (!Array.isArray(rows)) throw refuse('not a list of rows');
	const height = rows.length;
	const width: number = Array.isArray(rows[0]) ? rows[0].length : 0;
	const weights: number[] = [];
	for (const [i, row] of rows.entries()) {
		if (!Array.isArray(row) || row.length !== width) throw refuse(`row ${i + 1} is not a list of ${width} numbers`);
		for (const value of row) {
			// A float32 holds it: 1e39 would become infinite.
			if (typeof value !== 'number' || !Number.isFinite(Math.fround(value))) {
				throw refuse(`row ${i + 1} holds ${JSON.stringify(value)}, which is no number`);
			}
			weights.push(value);
		}
	}
	for (const side of [height, width]) {
		if (side % 2 !== 1 || side > maxKernelSide) throw refuse(`${height} rows of ${width}`);
	}
	return { name, height, width, weights: Float32Array.from(weights) };
}

function parseJson(text: string, refuse: (why: string, cause: unknown) => DataError): unknown {
	try {
		return JSON.parse(text);
	} catch (error) {
		throw refuse('not JSON', error);
	}
}
