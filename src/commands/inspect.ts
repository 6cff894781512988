import { DataError } from '../core/errors.js';
import { type CommandResult, defineCommand } from './define-command.js';
import { readHead } from './file-head.js';
import { shuffleMark } from './shuffled.js';

/** What a file begins with, and who reads it. */
const READERS: readonly (readonly [string, (file: string) => Promise<CommandResult>])[] = [
	['veil-vct', async (file) => (await import('./inspect-encrypted.js')).inspectVct(file)],
	['veil-mot', async (file) => (await import('./inspect-encrypted.js')).inspectMotion(file)],
	['veil-key', async (file) => (await import('./inspect-encrypted.js')).inspectKey(file)],
	['VEILMODL', async (file) => (await import('./inspect-model.js')).inspectModel(file)],
	['SQLite format 3', async (file) => (await import('./inspect-store.js')).inspectStore(file)],
	['{"magic":"veilcam-contribute"', async (file) => (await import('./inspect-run-file.js')).inspectResume(file)],
	['{"magic":"veilcam-person"', async (file) => (await import('./inspect-run-file.js')).inspectPerson(file)],
];
const HEAD_BYTES = 32;

export const inspect = defineCommand({
	name: 'inspect',
	summary: 'Say what a file of veilcam is, without its secrets',
	epilogue:
		'Encrypted pictures, differences and scores, shuffled pictures, keys, models, runs of contribute, and the stores of ' +
		'collect, subtractor and party. What has a checksum is read to its end and compared; a checksum finds accidents, only ' +
		'the tags that decrypt verifies find a cheat.',
	positionals: [{ name: 'file', describe: 'File to look at' }],
	options: {},
	examples: [
		{ line: 'inspect owner.key', says: 'Kind and fingerprint of a key' },
		{ line: 'inspect a.vct', says: 'Size, key and id of an encrypted picture' },
		{ line: 'inspect room.db', says: 'What a store of a collector holds' },
	],
	async run(_options, [file]) {
		const head = (await readHead(file, HEAD_BYTES)).toString('latin1');
		const found = READERS.find(([magic]) => head.startsWith(magic));
		if (found !== undefined) return await found[1](file);
		const mark = await shuffleMark(file);
		if (mark !== null) return (await import('./inspect-encrypted.js')).inspectShuffled(file, mark);
		if (head.length === 0) throw new DataError('empty-file', `${file}: is empty`);
		throw new DataError('unknown-file', `${file}: is no file that veilcam knows`, {
			hint: 'It knows .vct, .motion, .key, .pub and .model files, shuffled pictures, files of --resume and --person, and stores.',
		});
	},
});
