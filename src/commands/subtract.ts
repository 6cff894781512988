import { defineCommand } from './define-command.js';

export const subtract = defineCommand({
	name: 'subtract',
	summary: 'Subtract two encrypted pictures, without a key',
	epilogue:
		'The difference A - B is written as encrypted as A and B are: whoever does this sees no pixel. Both must be encrypted ' +
		'with one key, in one way, and have one size.',
	positionals: [
		{ name: 'a', describe: 'Encrypted picture' },
		{ name: 'b', describe: 'Encrypted picture that is subtracted from it' },
	],
	options: {
		out: { type: 'string', default: 'difference.vct', describe: 'File to write' },
	},
	examples: [
		{ line: 'subtract a.vct b.vct --out moved.vct', says: 'What A has more than B, encrypted' },
		{ line: 'subtract b.vct a.vct', says: 'The other way round, to difference.vct' },
	],
	async run(options, [a, b], context) {
		const startedMs = context.nowMs();
		const [{ createRecordSubtractor, subtractStreams }, { openVctFile, writeVctFile }] = await Promise.all([
			import('../core/subtract/difference.js'),
			import('../core/subtract/vct-files.js'),
		]);
		const subtractor = await createRecordSubtractor();
		const { header, records } = await subtractStreams(await openVctFile(a), await openVctFile(b), subtractor);
		const { bytes } = await writeVctFile(options.out, header, records, { exclusive: false });
		const ms = context.nowMs() - startedMs;
		return { fields: { file: options.out, bytes, ms }, text: `${options.out}: ${bytes} bytes, ${ms.toFixed(0)} ms` };
	},
});
