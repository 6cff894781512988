import { UserError } from '../core/errors.js';
import { readFileBytes, writeFileBytes } from '../core/image/files.js';
import { importModel } from '../services/model/import-model.js';
import { encodeModelFile } from '../services/model/model-file.js';
import type { CommandContext, CommandResult } from './define-command.js';
import { guardNew } from './guard-new.js';
import { factsOf } from './model-show.js';
import { readSamples } from './read-samples.js';
import { ringOf } from './ring-option.js';

interface ImportFileOptions {
	readonly out: string | undefined;
	readonly calibrate: string | undefined;
	readonly ring: 'auto' | '32' | '64';
	readonly scale: string;
	readonly mean: string;
	readonly std: string;
	readonly force: boolean;
}

/** `model import`: writes a model of ours beside the ONNX file's name, or to `out`. */
export async function importFile(
	file: string,
	{ calibrate, ...options }: ImportFileOptions,
	context: CommandContext,
): Promise<CommandResult> {
	const out = options.out ?? `${file.replace(/\.onnx$/i, '')}.model`;
	guardNew(out, options.force);
	const preprocessing = {
		divisor: inverted(options.scale),
		mean: options.mean.split(',').map((text) => numberOf('mean', text)),
		std: options.std.split(',').map((text) => numberOf('std', text)),
	};
	if (preprocessing.std.includes(0) || !Number.isFinite(preprocessing.divisor))
		throw new UserError('bad-option', '--scale, --std: expected numbers other than 0');
	const bytes = await readFileBytes(file, 'an ONNX model');
	const made = await importModel(file, bytes, {
		preprocessing,
		ring: ringOf(options.ring),
		random: context.random,
		samples: async ({ graph, inputDims }) =>
			calibrate === undefined ? [] : readSamples(calibrate, graph.inputShape, inputDims, preprocessing),
	});
	await writeFileBytes(out, encodeModelFile(made));
	const facts = factsOf(made);
	const bits = `${made.fixedPoint.ringBits} bits, ${made.headroomBits.toFixed(1)} of headroom`;
	const by = made.samples > 0 ? `by ${made.samples} samples` : 'for every picture (give --calibrate for finer ones)';
	const lines = [
		`${out}: ${facts.layers} layers, ${facts.parameters} parameters, ${facts.multiplyAdds} multiply-adds, ${facts.comparisons} comparisons`,
		`Integers of ${bits}, chosen ${by}`,
	];
	if (made.ringReason !== undefined) lines.push(`A ring of 64 bits: ${made.ringReason}.`);
	return { fields: { file: out, ...facts }, text: lines.join('\n') };
}

/** 1/255 exactly as a division by 255. */
function inverted(scale: string): number {
	const [above, below = '1'] = scale.split('/');
	numberOf('scale', scale);
	return Number(below) / Number(above);
}

/** A number, or a fraction such as 1/255. */
function numberOf(option: string, text: string): number {
	const [above, below = 1, ...more] = text.split('/').map((part) => (part.trim() === '' ? Number.NaN : Number(part)));
	const value = above / below;
	if (more.length === 0 && Number.isFinite(value)) return value;
	throw new UserError('bad-option', `--${option}: expected numbers, got "${text.slice(0, 40)}"`);
}
