import { DataError } from '../core/errors.js';
import { decodeImage } from '../core/image/decode.js';
import { readFileBytes } from '../core/image/files.js';
import { fit as fitTo } from '../core/image/geometry.js';
import { sizeOf, type TensorShape, tensorText } from '../core/nn/graph.js';
import { decodeNpy, isNpy } from '../core/npy.js';
import type { Preprocessing } from '../services/model/model.js';

export interface InputOptions {
	/** The sides that a .npy file may have, with or without a first one of 1; C, H, W unless told otherwise. */
	readonly dims?: readonly number[];
	/** x / 255 unless told otherwise. */
	readonly preprocessing?: Preprocessing;
}

/**
 * What a network is to run on: the values of a .npy file of shape (C, H, W) or (1, C, H, W) as they are, or a picture,
 * cut and resampled to H x W, x / 255 or as `preprocessing` says.
 * Shape: C, H, W.
 * Throws: DataError for a file that is neither, or does not fit the network.
 */
export async function readNetworkInput(
	path: string,
	shape: TensorShape,
	options: InputOptions = {},
): Promise<Float64Array> {
	const bytes = await readFileBytes(path, 'a picture or a .npy file');
	return isNpy(bytes) || path.toLowerCase().endsWith('.npy')
		? valuesOf(bytes, path, shape, options.dims)
		: await samplesOf(bytes, path, shape, options.preprocessing);
}

function valuesOf(bytes: Uint8Array, path: string, shape: TensorShape, dims?: readonly number[]): Float64Array {
	const { channels, height, width } = shape;
	const wanted = dims === undefined ? [channels, height, width] : withoutBatch(dims);
	const array = decodeNpy(bytes, path);
	const sides = array.shape.length === wanted.length + 1 ? withoutBatch(array.shape) : array.shape;
	if (sides.length !== wanted.length || sides.some((side, i) => side !== wanted[i])) {
		throw new DataError(
			'input-shape',
			`${path}: shape (${array.shape.join(', ')}), the network takes (${wanted.join(', ')})`,
			{
				hint: `Save an array of ${tensorText(shape)}, channels first, with or without a batch of 1.`,
			},
		);
	}
	const values = Float64Array.from(array.values);
	if (!values.every(Number.isFinite)) {
		throw new DataError('input-not-finite', `${path}: holds an infinity or a NaN`, { hint: 'Replace it by a number.' });
	}
	return values;
}

function withoutBatch(dims: readonly number[]): readonly number[] {
	return dims.length > 1 && dims[0] === 1 ? dims.slice(1) : dims;
}

async function samplesOf(
	bytes: Uint8Array,
	path: string,
	shape: TensorShape,
	{ divisor, mean, std }: Preprocessing = { divisor: 255, mean: [0], std: [1] },
): Promise<Float64Array> {
	const { channels, height, width } = shape;
	if (channels !== 1 && channels !== 3) {
		throw new DataError('input-shape', `${path}: a picture has 1 or 3 channels, the network takes ${channels}`, {
			hint: `Give a .npy file of ${tensorText(shape)}.`,
		});
	}
	const { samples } = await fitTo(await decodeImage(bytes, path, { channels }), { width, height });
	const plane = height * width;
	return Float64Array.from({ length: sizeOf(shape) }, (_, i) => {
		const channel = Math.floor(i / plane);
		const sample = samples[(i % plane) * channels + channel];
		return (sample / divisor - mean[channel % mean.length]) / std[channel % std.length];
	});
}
