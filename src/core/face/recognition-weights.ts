import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { DataError } from '../errors.js';
import { faceModelFolder } from './face-api.js';

const MODEL = 'face_recognition_model';

/** Weights by name; kernels are height, width, in, out. */
export type RecognitionWeights = ReadonlyMap<string, Float32Array>;

interface ManifestEntry {
	readonly name: string;
	readonly shape: readonly number[];
	readonly dtype: string;
	readonly quantization?: { readonly dtype: string; readonly scale: number; readonly min: number };
}

/**
 * The weights of face-api's recognition network, of its own files or of such as these: bytes stand for byte * scale + min.
 * Throws: DataError `no-face-weights` when the files are missing or others.
 */
export function readRecognitionWeights(folder?: string): RecognitionWeights {
	const place = folder ?? faceModelFolder();
	try {
		const manifest: readonly { readonly weights: readonly ManifestEntry[] }[] = JSON.parse(
			readFileSync(join(place, `${MODEL}-weights_manifest.json`), 'utf8'),
		);
		const bytes = readFileSync(join(place, `${MODEL}.bin`));
		const weights = new Map<string, Float32Array>();
		let at = 0;
		for (const entry of manifest.flatMap((group) => group.weights)) {
			const count = entry.shape.reduce((product, side) => product * side, 1);
			const values = readValues(bytes, at, count, entry);
			weights.set(entry.name, values);
			at += count * (entry.quantization === undefined ? 4 : 1);
		}
		if (at !== bytes.length) throw new RangeError(`expected ${at} bytes, got ${bytes.length}`);
		return weights;
	} catch (cause) {
		throw new DataError('no-face-weights', `${place}: the recognition network's weights cannot be read`, {
			hint:
				folder === undefined
					? 'Install veilcam again, with its dependencies.'
					: `Expected ${MODEL}-weights_manifest.json and ${MODEL}.bin there, as face-api has them.`,
			cause,
		});
	}
}

function readValues(bytes: Uint8Array, at: number, count: number, entry: ManifestEntry): Float32Array {
	const { quantization } = entry;
	if (quantization === undefined) return new Float32Array(Uint8Array.from(bytes.subarray(at, at + 4 * count)).buffer);
	const { dtype, scale, min } = quantization;
	if (dtype !== 'uint8') throw new RangeError(`${entry.name}: expected uint8, got ${dtype}`);
	const values = new Float32Array(count);
	for (let i = 0; i < count; i++) values[i] = bytes[at + i] * scale + min;
	return values;
}
