import { UserError } from '../core/errors.js';
import type { VctStream } from '../core/subtract/vct-stream.js';
import { clientOptions } from './common-options.js';
import { defineCommand } from './define-command.js';
import { serverRetryForOption } from './retry.js';
import { refuseUnusedTrust } from './unused-trust.js';

export const subtract = defineCommand({
	name: 'subtract',
	summary: 'Subtract two encrypted pictures, without a key',
	epilogue:
		'The difference A - B is written as encrypted as A and B are: whoever does this sees no pixel. Both must be encrypted ' +
		'with one key, in one way, and have one size. With --server a subtractor does it: decrypt its answer with --of A,B, ' +
		'which finds a server that cheats.',
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
		server: { type: 'string', describe: 'Address of a subtractor that does it, such as http://127.0.0.1:7500' },
		retryFor: serverRetryForOption,
		...clientOptions,
	},
	examples: [
		{ line: 'subtract a.vct b.vct --out moved.vct', says: 'What A has more than B, encrypted' },
		{ line: 'subtract b.vct a.vct', says: 'The other way round, to difference.vct' },
	],
	async run(options, [a, b], context) {
		refuseUnusedTrust(options);
		const { shuffleMark } = await import('./shuffled.js');
		const marked = options.scheme === undefined && (await shuffleMark(a)) !== null && (await shuffleMark(b)) !== null;
		if (options.scheme === 'shuffle' || marked) {
			if (options.server !== undefined) throw noServer();
			const { subtractByShuffle } = await import('./subtract-shuffle.js');
			return await subtractByShuffle(a, b, options.out ?? 'difference.shuffled.png', context);
		}
		const out = options.out ?? 'difference.vct';
		const startedMs = context.nowMs();
		const { openVctFile, writeVctFile } = await import('../core/subtract/vct-files.js');
		const open = async (): Promise<[VctStream, VctStream]> => {
			const first = await openVctFile(a);
			try {
				return [first, await openVctFile(b)];
			} catch (error) {
				await first.close();
				throw error;
			}
		};
		const onServer = async (url: string): Promise<number> => {
			const [{ subtractRemotely }, { askSubtractor }] = await Promise.all([
				import('../services/client/subtract-remote.js'),
				import('./ask-subtractor.js'),
			]);
			return await askSubtractor(url, options, context, async (connection) => {
				const answer = await subtractRemotely(connection, ...(await open()));
				return await write({ header: answer.header, records: answer.records() });
			});
		};
		const write = async ({ header, records }: Difference): Promise<number> =>
			(await writeVctFile(out, header, records, { exclusive: false })).bytes;
		const bytes =
			options.server === undefined ? await write(await subtractHere(await open())) : await onServer(options.server);
		const ms = context.nowMs() - startedMs;
		return { fields: { file: out, bytes, ms }, text: `${out}: ${bytes} bytes, ${ms.toFixed(0)} ms` };
	},
});

function noServer(): UserError {
	return new UserError('unused-option', '--server has no meaning for shuffled pictures: no server subtracts them', {
		hint: 'Leave out --server.',
	});
}

interface Difference {
	readonly header: VctStream['header'];
	readonly records: AsyncIterable<Uint8Array>;
}

async function subtractHere([a, b]: readonly [VctStream, VctStream]): Promise<Difference> {
	const { createRecordSubtractor, subtractStreams } = await import('../core/subtract/difference.js');
	return await subtractStreams(a, b, await createRecordSubtractor());
}
