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
		out: { type: 'string', describe: 'File to write (difference.vct)' },
		scheme: {
			type: 'string',
			choices: ['bfv', 'shuffle'],
			describe: 'shuffle: A and B are pictures that another program shuffled (veilcam marks its own)',
		},
	},
	examples: [
		{ line: 'subtract a.vct b.vct --out moved.vct', says: 'What A has more than B, encrypted' },
		{ line: 'subtract b.vct a.vct', says: 'The other way round, to difference.vct' },
	],
	async run(options, [a, b], context) {
		const { shuffleMark } = await import('./shuffled.js');
		const marked = options.scheme === undefined && (await shuffleMark(a)) !== null && (await shuffleMark(b)) !== null;
		if (options.scheme === 'shuffle' || marked) {
			const { subtractByShuffle } = await import('./subtract-shuffle.js');
			return await subtractByShuffle(a, b, options.out ?? 'difference.shuffled.png', context);
		}
		const out = options.out ?? 'difference.vct';
		const startedMs = context.nowMs();
		const [{ createRecordSubtractor, subtractStreams }, { openVctFile, writeVctFile }] = await Promise.all([
			import('../core/subtract/difference.js'),
			import('../core/subtract/vct-files.js'),
		]);
		const subtractor = await createRecordSubtractor();
		const { header, records } = await subtractStreams(await openVctFile(a), await openVctFile(b), subtractor);
		const { bytes } = await writeVctFile(out, header, records, { exclusive: false });
		const ms = context.nowMs() - startedMs;
		return { fields: { file: out, bytes, ms }, text: `${out}: ${bytes} bytes, ${ms.toFixed(0)} ms` };
	},
});
