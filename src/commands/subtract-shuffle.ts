import { DataError } from '../core/errors.js';
import type { CommandContext, CommandResult } from './define-command.js';
import { readShuffled, warnOfShuffle } from './shuffled.js';

/** Subtracts shuffled pictures as PICRYPT did: saturated, sample by sample, without the key. */
export async function subtractByShuffle(
	a: string,
	b: string,
	out: string,
	context: CommandContext,
): Promise<CommandResult> {
	warnOfShuffle(context);
	const startedMs = context.nowMs();
	const [{ writeFileBytes }, { encodeShuffled, subtractShuffled }] = await Promise.all([
		import('../core/image/files.js'),
		import('../core/subtract/shuffled-picture.js'),
	]);
	const [first, second] = [await readShuffled(a, null), await readShuffled(b, null)];
	const { block } = first.mark;
	if (block?.width !== second.mark.block?.width || block?.height !== second.mark.block?.height) {
		throw new DataError('other-blocks', `${a} and ${b} were shuffled in different blocks`, {
			hint: 'Shuffle both with the same --blocks, or both without.',
		});
	}
	const png = await encodeShuffled(subtractShuffled(first.image, second.image), { kind: 'difference', block });
	await writeFileBytes(out, png);
	const ms = context.nowMs() - startedMs;
	return {
		fields: { file: out, bytes: png.length, ms, scheme: 'shuffle' },
		text: `${out}: shuffled, not encrypted; ${png.length} bytes, ${ms.toFixed(0)} ms`,
	};
}
