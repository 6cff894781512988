import { DataError } from '../core/errors.js';
import { decodeImage } from '../core/image/decode.js';
import { readFileBytes } from '../core/image/files.js';
import { fit as fitTo } from '../core/image/geometry.js';
import { sizeOf, type TensorShape, tensorText } from '../core/nn/graph.js';
import { decodeNpy, isNpy } from '../core/npy.js';

/**
 * What a network is to run on: the values of a .npy file of shape (C, H, W) or (1, C, H, W) as they are, or a picture,
 * cut and resampled to H x W, x / 255.
 * Shape: C, H, W.
 * Throws: DataError for a file that is neither, or does not fit the network.
 */
export async function readNetworkInput(path: string, shape: TensorShape): Promise<Float64Array> {
	const bytes = await readFileBytes(path, 'a picture or a .npy file');
	return isNpy(bytes) || path.toLowerCase().endsWith('.npy')
		? valuesOf(bytes, path, shape)
		: await samplesOf(bytes, path, shape);
}

function valuesOf(bytes: Uint8Array, path: string, shape: TensorShape): Float64Array {
	const wanted = [shape.channels, shape.height, shape.width];
	const array = decodeNpy(bytes, path);
	const sides = array.shape.length === 4 && array.shape[0] === 1 ? array.shape.slice(1) : array.shape;
	if (sides.length !== 3 || sides.some((side, i) => side !== wanted[i])) {
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

async function samplesOf(bytes: Uint8Array, path: string, shape: TensorShape): Promise<Float64Array> {
	const { channels, height, width } = shape;
	if (channels !== 1 && channels !== 3) {
		throw new DataError('input-shape', `${path}: a picture has 1 or 3 channels, the network takes ${channels}`, {
			hint: `Give a .npy file of ${tensorText(shape)}.`,
		});
	}
	const { samples } = await fitTo(await decodeImage(bytes, path, { channels }), { width, height });
	const plane = height * width;
	return Float64Array.from(
		{ length: sizeOf(shape) },
		(_, i) => samples[(i % plane) * channels + Math.floor(i / plane)] / 255,
	);
}
