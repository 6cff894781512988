import { DataError, UserError } from '../core/errors.js';
import type { MotionStream } from '../core/subtract/motion/stream.js';
import type { AskOptions } from './ask-subtractor.js';
import { clientOptions } from './common-options.js';
import { type CommandContext, type CommandResult, defineCommand } from './define-command.js';
import { isForMotion } from './file-head.js';
import { motionResult, SCORES_HAVE_NO_TAG } from './motion-result.js';
import { parseSize } from './option-values.js';
import { passphraseOptions } from './passphrase.js';
import { readSecretKey } from './read-key.js';
import { serverRetryForOption } from './retry.js';
import { refuseUnusedTrust } from './unused-trust.js';

export const motion = defineCommand({
	name: 'motion',
	summary: 'Score where two encrypted pictures differ, without a key',
	epilogue:
		'For each block, the sum of squared differences, computed on what `encrypt --key --blocks` wrote: whoever does this ' +
		'sees no pixel and no score. `decrypt` makes a heat map and a table of it. Scores have no tag that proves them: the ' +
		'server is trusted to answer honestly. A and B can be pictures, too, to try it: then all of it is done here, under ' +
		'--key or a key that is forgotten.',
	positionals: [
		{ name: 'a', describe: 'Encrypted picture, or picture' },
		{ name: 'b', describe: 'The one to compare it with' },
	],
	options: {
		blocks: { type: 'string', describe: 'WIDTHxHEIGHT of a block in pixels (16x16, or that of A and B)' },
		out: { type: 'string', describe: 'File to write (score.motion; of pictures, motion.png)' },
		key: { type: 'string', describe: 'Secret key of A and B: decrypt the scores at once, into a heat map' },
		raw: { type: 'string', describe: 'Write decrypted scores to this .npy file, too (float64)' },
		server: { type: 'string', describe: 'Let this subtractor score A and B (http://HOST:7500)' },
		retryFor: serverRetryForOption,
		...clientOptions,
		...passphraseOptions,
	},
	examples: [
		{ line: 'motion shots/capture-0001.png shots/capture-0002.png --blocks 8x8 --out heat.png', says: 'To try it' },
		{
			line: 'motion shots/capture-0001.png shots/capture-0002.png --raw scores.npy',
			says: 'With the scores as numbers',
		},
	],
	async run(options, [a, b], context) {
		refuseUnusedTrust(options);
		const encrypted = [await isForMotion(a), await isForMotion(b)];
		if (encrypted[0] !== encrypted[1]) {
			const [yes, no] = encrypted[0] ? [a, b] : [b, a];
			throw new UserError('other-kind', `${yes} is encrypted for motion, ${no} is not`, {
				hint: 'Encrypt both with --key and --blocks.',
			});
		}
		if (encrypted[0]) return await scoreEncrypted(a, b, options, context);
		if (options.server === undefined) return await scorePictures(a, b, options, context);
		throw new UserError('unused-option', `--server: ${a} and ${b} are not encrypted, and are not sent to it`, {
			hint: 'Encrypt both with --key and --blocks first.',
		});
	},
});

interface Options extends AskOptions {
	readonly server: string | undefined;
	readonly blocks: string | undefined;
	readonly out: string | undefined;
	readonly key: string | undefined;
	readonly raw: string | undefined;
	readonly passphraseFile: string | undefined;
}

async function scoreEncrypted(a: string, b: string, options: Options, context: CommandContext): Promise<CommandResult> {
	if (options.raw !== undefined && options.key === undefined) {
		throw new UserError('key-needed', '--raw: the scores stay encrypted without --key', {
			hint: 'Give it to decrypt.',
		});
	}
	const startedMs = context.nowMs();
	const [{ openMotionFile, writeMotionFile }, { motionBytes }] = await Promise.all([
		import('../core/subtract/motion/stream.js'),
		import('../core/subtract/motion/header.js'),
	]);
	const open = async (): Promise<[MotionStream, MotionStream]> => {
		const first = await openMotionFile(a);
		try {
			checkBlocks(first, options.blocks);
			return [first, await openMotionFile(b)];
		} catch (error) {
			await first.close();
			throw error;
		}
	};
	const { scoreHere, scoreOnServer } = await import('./score-files.js');
	const score =
		options.server === undefined
			? await scoreHere(...(await open()))
			: await scoreOnServer(options.server, options, context, open);
	const { header, plan } = score;
	if (options.key !== undefined) {
		const key = await readSecretKey(options.key, options.passphraseFile, context);
		const { decryptScores } = await import('../core/subtract/motion/owner.js');
		const scores = await decryptScores(score, key);
		if (options.server !== undefined) context.reporter.warn(`${options.server}: ${SCORES_HAVE_NO_TAG}`);
		return await motionResult(scores, options.out ?? 'motion.png', options.raw);
	}
	const out = options.out ?? 'score.motion';
	await writeMotionFile(out, header, score.records(), { exclusive: false });
	const [bytes, ms] = [motionBytes(header.kind, plan), context.nowMs() - startedMs];
	return { fields: { file: out, bytes, ms }, text: `${out}: ${bytes} bytes, ${ms.toFixed(0)} ms` };
}

/** Throws: DataError when the frames were encrypted for other blocks than asked for. */
function checkBlocks({ name, header }: MotionStream, blocks: string | undefined): void {
	if (blocks === undefined) return;
	const wanted = parseSize(blocks, '--blocks');
	const { width, height } = header.block;
	if (wanted.width === width && wanted.height === height) return;
	throw new DataError('other-blocks', `${name}: was encrypted for blocks of ${width}x${height}, not ${blocks}`, {
		hint: 'Leave out --blocks, or encrypt both pictures again.',
	});
}

/** Camera, server and owner in one: encrypted here, scored by a thread without the key, decrypted here. */
async function scorePictures(a: string, b: string, options: Options, context: CommandContext): Promise<CommandResult> {
	const block = parseSize(options.blocks ?? '16x16', '--blocks');
	const [{ readImage }, { decryptScores, encryptForMotion }, { openMotion, writeMotion }, { scoreHere }] =
		await Promise.all([
			import('../core/image/files.js'),
			import('../core/subtract/motion/owner.js'),
			import('../core/subtract/motion/stream.js'),
			import('./score-files.js'),
		]);
	const images = [await readImage(a), await readImage(b)];
	const key =
		options.key === undefined
			? { fingerprint: new Uint8Array(16), secret: new Uint8Array(32) }
			: await readSecretKey(options.key, options.passphraseFile, context);
	if (options.key === undefined) context.random.fillInto(key.secret);
	const startedMs = context.nowMs();
	const [first, second] = await Promise.all(
		images.map(async (image, i) => {
			const { header, records } = encryptForMotion(image, block, key, context.random, [a, b][i]);
			return await openMotion(writeMotion(header, records), [a, b][i]);
		}),
	);
	const motion = await decryptScores(await scoreHere(first, second), key);
	const ms = context.nowMs() - startedMs;
	const { fields, text } = await motionResult(motion, options.out ?? 'motion.png', options.raw);
	return { fields: { ...fields, ms }, text };
}
