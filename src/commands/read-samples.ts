import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { DataError } from '../core/errors.js';
import { readFileBytes } from '../core/image/files.js';
import { sizeOf, type TensorShape } from '../core/nn/graph.js';
import { decodeNpy } from '../core/npy.js';
import type { Preprocessing } from '../services/model/model.js';
import { isDirectory } from './paths.js';
import { type InputOptions, readNetworkInput } from './read-network-input.js';

/** More pictures of a folder are not looked at: bits hardly change after that many. */
export const MAX_SAMPLES = 64;
const PICTURE = /\.(?:png|jpe?g|webp|tiff?|gif|avif|pgm|ppm)$/i;

/**
 * Inputs for calibration: the pictures of a folder, or the rows of a `.npy` file of shape (N, ...) or of one input.
 * Throws: DataError for a file that does not fit the network, or a folder without pictures.
 */
export async function readSamples(
	path: string,
	shape: TensorShape,
	dims: readonly number[],
	preprocessing: Preprocessing,
): Promise<Float64Array[]> {
	const options: InputOptions = { dims, preprocessing };
	if (isDirectory(path)) {
		const files = readdirSync(path)
			.filter((file) => PICTURE.test(file))
			.toSorted((a, b) => a.localeCompare(b));
		if (files.length === 0) throw new DataError('no-pictures', `${path}: holds no pictures`);
		const inputs: Float64Array[] = [];
		for (const file of files.slice(0, MAX_SAMPLES))
			inputs.push(await readNetworkInput(join(path, file), shape, options));
		return inputs;
	}
	const count = sizeOf(shape);
	const array = decodeNpy(await readFileBytes(path, 'a .npy file of inputs'), path);
	const sides = dims[0] === 1 ? dims.slice(1) : dims;
	const tail = array.shape.slice(-sides.length).join();
	if (tail !== sides.join() || array.values.length % count !== 0 || array.values.length === 0) {
		throw new DataError('input-shape', `${path}: shape (${array.shape.join(', ')}), expected (N, ${sides.join(', ')})`);
	}
	const values = Float64Array.from(array.values);
	if (!values.every(Number.isFinite)) throw new DataError('input-not-finite', `${path}: holds an infinity or a NaN`);
	const rows = Math.min(MAX_SAMPLES, values.length / count);
	return Array.from({ length: rows }, (_, i) => values.slice(i * count, (i + 1) * count));
}
