import { basename, extname, join } from 'node:path';
import { UserError } from '../core/errors.js';
import type { EnginePool } from '../core/subtract/engine-pool.js';
import { defineCommand } from './define-command.js';
import { threadsFor } from './engine-threads.js';
import { passphraseOptions } from './passphrase.js';
import { isDirectory } from './paths.js';
import { assertOneKey, readEncryptionKey } from './read-key.js';

export const encrypt = defineCommand({
	name: 'encrypt',
	summary: 'Encrypt pictures that a server can subtract and not see',
	epilogue:
		'Give --key NAME.key (smallest, and a server cannot cheat; whoever has it can decrypt) or --to NAME.pub (a camera that ' +
		'must not read the others; the server is trusted to answer honestly). Only pictures under one key, of one kind and ' +
		'size can be subtracted. Size and time of a picture are not hidden. One picture becomes PICTURE.vct, or --out.',
	positionals: [{ name: 'picture', describe: 'Pictures to encrypt', variadic: true }],
	options: {
		key: { type: 'string', describe: 'Secret key (NAME.key)' },
		to: { type: 'string', describe: 'Public key (NAME.pub)' },
		scheme: {
			type: 'string',
			choices: ['bfv', 'shuffle'],
			default: 'bfv',
			describe: 'shuffle is no encryption: --key is a number, as PICRYPT had it, and FILE a PNG',
		},
		blocks: {
			type: 'string',
			describe: 'WIDTHxHEIGHT in pixels: encrypt for `motion`; with --scheme shuffle, shuffle inside blocks',
		},
		out: { type: 'string', describe: 'File to write; of several pictures, folder' },
		force: { type: 'boolean', describe: 'Overwrite files that are there' },
		...passphraseOptions,
	},
	examples: [
		{ line: 'encrypt shots/capture-0001.png --key owner.key --out a.vct', says: 'With the secret key' },
		{ line: 'encrypt shots/capture-0002.png --key owner.key --out b.vct', says: 'Another one, to compare with' },
	],
	async run(options, pictures, context) {
		if (options.scheme === 'shuffle') {
			const { encryptByShuffle } = await import('./encrypt-shuffle.js');
			return await encryptByShuffle(
				options,
				pictures,
				await targetsOf(pictures, options.out, '.shuffled.png'),
				context,
			);
		}
		assertOneKey(options);
		if (options.blocks !== undefined) {
			const { encryptPicturesForMotion } = await import('./encrypt-motion.js');
			const given = { ...options, blocks: options.blocks };
			return await encryptPicturesForMotion(
				given,
				pictures,
				await targetsOf(pictures, options.out, '.motion'),
				context,
			);
		}
		const targets = await targetsOf(pictures, options.out, '.vct');
		const startedMs = context.nowMs();
		const [{ readImage }, { ciphertextCount }, { writeVctFile }, frames, { createEnginePool }] = await Promise.all([
			import('../core/image/files.js'),
			import('../core/subtract/parameters.js'),
			import('../core/subtract/vct-files.js'),
			import('../core/subtract/frames.js'),
			import('../core/subtract/engine-pool.js'),
		]);
		const { scheme, fingerprint, credential } = await readEncryptionKey(options, context);
		let pool: EnginePool | undefined;
		let [bytes, samples, dropped] = [0, 0, 0];
		try {
			for (const [i, picture] of pictures.entries()) {
				context.abort.signal.throwIfAborted();
				const image = await readImage(picture);
				if (image.droppedAlpha) context.reporter.note(`${picture}: its transparency is left out`);
				dropped += Number(image.droppedAlpha);
				pool ??= await createEnginePool(credential, threadsFor(pictures.length * ciphertextCount(image)));
				const { header, records } = await frames.encryptFrame(
					image,
					{ scheme, fingerprint, random: context.random },
					pool,
				);
				const exclusive = !options.force;
				bytes += (await writeVctFile(targets[i], header, records, { exclusive })).bytes;
				samples += image.samples.length;
				context.reporter.progress({ phase: 'encrypt', done: i + 1, total: pictures.length });
			}
		} finally {
			await pool?.close();
		}
		const ms = context.nowMs() - startedMs;
		const fields = { files: targets, bytes, bytesPerSample: bytes / samples, ms, scheme, droppedAlpha: dropped };
		const size = `${bytes} bytes, ${(bytes / samples).toFixed(3)} a sample`;
		return { fields, text: `${targets.join('\n')}\n${size}, ${ms.toFixed(0)} ms` };
	},
});

/** Where each picture goes. Throws: UserError when two would go to one file. */
async function targetsOf(pictures: readonly string[], out: string | undefined, extension: string): Promise<string[]> {
	const toFolder = pictures.length > 1 || (out !== undefined && isDirectory(out));
	if (!toFolder && out !== undefined) return [out];
	const targets = pictures.map((picture) => join(out ?? '.', `${basename(picture, extname(picture))}${extension}`));
	const twice = targets.find((target, i) => targets.indexOf(target) !== i);
	if (twice !== undefined) {
		throw new UserError('same-target', `two of the pictures would become ${twice}`, {
			hint: 'Encrypt them in two calls, into two folders.',
		});
	}
	if (out !== undefined) {
		const { mkdir } = await import('node:fs/promises');
		await mkdir(out, { recursive: true });
	}
	return targets;
}
