import { UserError } from '../core/errors.js';
import { defineCommand } from './define-command.js';
import { ringOf } from './ring-option.js';
import { secureOptions } from './secure-options.js';

export const infer = defineCommand({
	name: 'infer',
	summary: 'Run a network on a picture that no party sees',
	epilogue:
		'The picture is shared on this machine, three parties compute on the shares, and the result is opened here alone. ' +
		'--model thesis is a small face network (1x100x100 in, 64 numbers out) with made-up weights: as fast as a trained ' +
		'one, and as useful as none. A picture is cut to its size and scaled to 0..1; values of a .npy file (C, H, W) are ' +
		'taken as they are. The parties learn its architecture; --private-model keeps its weights from them, for a model ' +
		'of yours after `model share`.',
	options: {
		model: { type: 'string', default: 'thesis', describe: 'File that `model import` wrote, or thesis' },
		input: { type: 'string', required: true, describe: 'Picture, or .npy file of values' },
		out: { type: 'string', describe: 'Write the result to this .npy file (float32)' },
		...secureOptions,
		clear: { type: 'string', choices: ['float', 'fixed'], describe: 'Compute here, in the clear, instead' },
		privateModel: {
			type: 'boolean',
			describe: 'With secret weights: shared now for thesis, kept by the parties for a file',
		},
		ring: {
			type: 'string',
			choices: ['auto', '32', '64'],
			default: 'auto',
			describe: 'Bits of the integers; auto: 64 where 32 leave under 2 bits of headroom',
		},
	},
	examples: [
		{ line: 'infer --input shots/capture-0001.png --clear fixed', says: 'The clear twin, to compare with' },
		{ line: 'infer --input shots/capture-0001.png --private-model', says: 'On three parties, with secret weights' },
	],
	async run(options, _given, context) {
		if (options.clear !== undefined && options.privateModel) {
			throw new UserError('unused-option', '--private-model has no meaning with --clear');
		}
		const startedMs = context.nowMs();
		const { inferNetwork } = await import('./infer-network.js');
		const { output, shape, ...counts } = await inferNetwork({ ...options, ring: ringOf(options.ring) }, context);
		if (options.out !== undefined) {
			const [{ encodeNpy }, { writeFileBytes }] = await Promise.all([
				import('../core/npy.js'),
				import('../core/image/files.js'),
			]);
			await writeFileBytes(options.out, encodeNpy({ values: Float32Array.from(output), shape }));
		}
		const totalMs = context.nowMs() - startedMs;
		const fields = { output: Array.from(output), shape, ...counts, totalMs, out: options.out };
		const shown = Array.from(output.subarray(0, 8), (value) => value.toFixed(4)).join(' ');
		const lines = [output.length > 8 ? `${shown} … (${output.length} numbers)` : shown];
		if (counts.bytesSent !== undefined) {
			const kilobytes = counts.bytesSent.map((bytes) => Math.round(bytes / 1000)).join(' + ');
			lines.push(`${counts.ms.toFixed(0)} ms on shares, ${counts.rounds} rounds, ${kilobytes} kB between the parties`);
		}
		if (counts.ringReason !== undefined) lines.push(`A ring of 64 bits: ${counts.ringReason}.`);
		return { fields, text: lines.join('\n') };
	},
});
