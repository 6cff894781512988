import { closeSync, fstatSync, openSync, readSync, realpathSync } from 'node:fs';
import { basename, dirname, join, relative, sep } from 'node:path';
import { DataError } from '../../core/errors.js';
import { describeNetwork } from '../../core/nn/describe-network.js';
import {
	type PreparedNetwork,
	prepareBounded,
	prepareNetwork,
	type RingChoice,
} from '../../core/nn/prepare-network.js';
import type { ReadExternal } from '../../core/onnx/constants.js';
import { type ImportedModel, importOnnx } from '../../core/onnx/import-onnx.js';
import type { RandomSource } from '../../core/random.js';
import type { Model, Preprocessing } from './model.js';

const ID_BYTES = 16;

export interface ImportOptions {
	readonly ring: RingChoice;
	readonly preprocessing: Preprocessing;
	/** Inputs as the network takes them; none for bounds by intervals. */
	readonly samples: (imported: ImportedModel) => Promise<readonly Float64Array[]>;
	readonly random: RandomSource;
}

/** Makes a model of the bytes of an ONNX file. Throws: DataError that names file, place and reason. */
export async function importModel(path: string, bytes: Uint8Array, options: ImportOptions): Promise<Model> {
	const name = basename(path);
	const imported = importOnnx(bytes, name, externalReader(path));
	const samples = await options.samples(imported);
	const bounds = pictureBounds(options.preprocessing);
	const prepared: PreparedNetwork =
		samples.length === 0
			? prepareBounded(imported.graph, bounds, options.ring)
			: prepareNetwork(imported.graph, samples, options.ring);
	const { graph, fixedPoint, windows, headroomBits, ringReason, nodes } = prepared;
	const id = new Uint8Array(ID_BYTES);
	options.random.fillInto(id);
	return {
		graph,
		fixedPoint,
		windows,
		id: Buffer.from(id).toString('hex'),
		name,
		opset: imported.opset,
		inputDims: imported.inputDims,
		outputDims: imported.outputDims,
		finish: imported.finish,
		preprocessing: options.preprocessing,
		range: samples.length === 0 ? bounds : rangeOf(samples),
		samples: samples.length,
		headroomBits,
		ringReason,
		before: describeNetwork(imported.graph),
		headroom: nodes,
		hasWeights: true,
	};
}

/** What samples of 0..255 become. */
function pictureBounds({ divisor, mean, std }: Preprocessing): { readonly min: number; readonly max: number } {
	const ends = mean.flatMap((m, c) => [0, 255].map((sample) => (sample / divisor - m) / std[c % std.length]));
	return { min: Math.min(...ends), max: Math.max(...ends) };
}

function rangeOf(samples: readonly Float64Array[]): { readonly min: number; readonly max: number } {
	let [min, max] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
	for (const sample of samples) {
		for (const value of sample) {
			min = Math.min(min, value);
			max = Math.max(max, value);
		}
	}
	return { min, max };
}

/** Reads weights that lie beside the model, and nothing outside its folder, whatever a link says. */
function externalReader(path: string): ReadExternal {
	return (location, offset, length) => {
		const refuse = (why: string, cause?: unknown): DataError =>
			new DataError('bad-model', `${basename(path)}: its weights in ${location.slice(0, 80)} ${why}`, {
				hint: 'Keep the model and its data in one folder, as they were exported.',
				cause,
			});
		let file: string;
		let folder: string;
		try {
			folder = realpathSync(dirname(path));
			file = realpathSync(join(folder, location));
		} catch (cause) {
			throw refuse('are not there', cause);
		}
		const inside = relative(folder, file);
		if (inside === '' || inside.startsWith(`..${sep}`) || inside === '..' || location.startsWith('/')) {
			throw refuse("lie outside the model's folder");
		}
		const handle = openSync(file, 'r');
		try {
			const size = fstatSync(handle).size;
			const count = length ?? size - offset;
			if (count < 0 || offset + count > size) throw refuse(`end at ${size} bytes, expected ${offset + count}`);
			const bytes = new Uint8Array(count);
			if (readSync(handle, bytes, 0, count, offset) !== count) throw refuse('are cut off');
			return bytes;
		} finally {
			closeSync(handle);
		}
	};
}
