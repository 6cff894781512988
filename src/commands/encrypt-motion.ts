import { UserError } from '../core/errors.js';
import type { CommandContext, CommandResult } from './define-command.js';
import { parseSize } from './option-values.js';
import { readSecretKey } from './read-key.js';

interface Options {
	readonly key: string | undefined;
	readonly to: string | undefined;
	readonly blocks: string;
	readonly force: boolean;
	readonly passphraseFile: string | undefined;
}

/** Encrypts pictures for `motion`. */
export async function encryptPicturesForMotion(
	options: Options,
	pictures: readonly string[],
	targets: readonly string[],
	context: CommandContext,
): Promise<CommandResult> {
	if (options.to !== undefined || options.key === undefined) {
		throw new UserError('key-needed', '--blocks: motion scores need the secret key; give --key NAME.key', {
			hint: 'A camera that has only NAME.pub can encrypt for subtraction.',
		});
	}
	const block = parseSize(options.blocks, '--blocks');
	const startedMs = context.nowMs();
	const [{ readImage }, { encryptForMotion }, { motionBytes }, { writeMotionFile }] = await Promise.all([
		import('../core/image/files.js'),
		import('../core/subtract/motion/owner.js'),
		import('../core/subtract/motion/header.js'),
		import('../core/subtract/motion/stream.js'),
	]);
	const key = await readSecretKey(options.key, options.passphraseFile, context);
	let [bytes, samples, dropped] = [0, 0, 0];
	for (const [i, picture] of pictures.entries()) {
		context.abort.signal.throwIfAborted();
		const image = await readImage(picture);
		if (image.droppedAlpha) context.reporter.note(`${picture}: its transparency is left out`);
		dropped += Number(image.droppedAlpha);
		const { header, plan, records } = encryptForMotion(image, block, key, context.random, picture);
		await writeMotionFile(targets[i], header, records, { exclusive: !options.force });
		bytes += motionBytes(header.kind, plan);
		samples += image.samples.length;
		context.reporter.progress({ phase: 'encrypt', done: i + 1, total: pictures.length });
	}
	const ms = context.nowMs() - startedMs;
	return {
		fields: {
			...{ files: targets, bytes, bytesPerSample: bytes / samples, ms },
			...{ scheme: 'motion', droppedAlpha: dropped, blocks: options.blocks },
		},
		text: `${targets.join('\n')}\n${bytes} bytes, ${(bytes / samples).toFixed(1)} a sample, ${ms.toFixed(0)} ms`,
	};
}
