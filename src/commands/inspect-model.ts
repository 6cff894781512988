import { readFileBytes } from '../core/image/files.js';
import { decodeModelFile } from '../services/model/model-file.js';
import { MODEL_VERSION } from '../services/versions.js';
import type { CommandResult } from './define-command.js';
import { factsOf } from './model-show.js';

/** A model, whole: `model show` has its layers. Throws: DataError `bad-model`. */
export async function inspectModel(file: string): Promise<CommandResult> {
	const model = decodeModelFile(await readFileBytes(file, 'a model'), file);
	const { id, ringBits, layers, parameters } = factsOf(model);
	const { name, opset, inputDims, outputDims, hasWeights } = model;
	const fields = {
		type: 'model',
		version: MODEL_VERSION,
		id,
		name,
		opset,
		inputDims,
		outputDims,
		ringBits,
		layers,
		parameters,
		hasWeights,
	};
	const lines = [
		`${file}: model ${name}, opset ${opset}, version ${MODEL_VERSION}`,
		`id ${id}`,
		`${inputDims.join('x')} in, ${outputDims.join('x')} out, ${layers} layers, ring of ${ringBits} bits`,
		hasWeights ? `${parameters} parameters, undamaged` : 'without weights: the parties keep them; undamaged',
	];
	return { fields, text: lines.join('\n') };
}
