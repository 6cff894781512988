import { UserError } from '../core/errors.js';
import type { CommandContext, CommandResult } from './define-command.js';
import { parseBlock, parseShuffleKey, warnOfShuffle } from './shuffled.js';

interface Options {
	readonly key: string | undefined;
	readonly to: string | undefined;
	readonly blocks: string | undefined;
	readonly force: boolean;
}

/** Shuffles pictures into PNG files, as PICRYPT did. */
export async function encryptByShuffle(
	options: Options,
	pictures: readonly string[],
	targets: readonly string[],
	context: CommandContext,
): Promise<CommandResult> {
	if (options.to !== undefined || options.key === undefined) {
		throw new UserError('key-needed', '--scheme shuffle: there is no public key; give --key, a number', {
			hint: 'For example --key 1234.',
		});
	}
	const key = await parseShuffleKey(options.key);
	const block = parseBlock(options.blocks);
	warnOfShuffle(context);
	const startedMs = context.nowMs();
	const [{ readImage, writeFileBytes }, { shuffle }, { encodeShuffled }] = await Promise.all([
		import('../core/image/files.js'),
		import('../core/subtract/shuffle.js'),
		import('../core/subtract/shuffled-picture.js'),
	]);
	let [bytes, samples, dropped] = [0, 0, 0];
	for (const [i, picture] of pictures.entries()) {
		context.abort.signal.throwIfAborted();
		const image = await readImage(picture);
		if (image.droppedAlpha) context.reporter.note(`${picture}: its transparency is left out`);
		dropped += Number(image.droppedAlpha);
		const png = await encodeShuffled(shuffle(image, { key, block }), { kind: 'frame', block });
		await writeFileBytes(targets[i], png, { exclusive: !options.force });
		bytes += png.length;
		samples += image.samples.length;
		context.reporter.progress({ phase: 'shuffle', done: i + 1, total: pictures.length });
	}
	const ms = context.nowMs() - startedMs;
	return {
		fields: {
			...{ files: targets, bytes, bytesPerSample: bytes / samples, ms },
			...{ scheme: 'shuffle', droppedAlpha: dropped },
		},
		text: `${targets.join('\n')}\nshuffled, not encrypted; ${bytes} bytes, ${ms.toFixed(0)} ms`,
	};
}
