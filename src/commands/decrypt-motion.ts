import { UserError } from '../core/errors.js';
import type { CommandContext, CommandResult } from './define-command.js';
import { motionResult, SCORES_HAVE_NO_TAG } from './motion-result.js';
import { readSecretKey } from './read-key.js';

interface Options {
	readonly key: string;
	readonly out: string | undefined;
	readonly raw: string | undefined;
	readonly passphraseFile: string | undefined;
	readonly of: string | undefined;
	readonly as: string | undefined;
	readonly threshold: number | undefined;
	readonly scheme: string | undefined;
	readonly blocks: string | undefined;
}

/** Decrypts what `motion` wrote into a heat map and a table. */
export async function decryptMotion(path: string, options: Options, context: CommandContext): Promise<CommandResult> {
	for (const name of ['of', 'as', 'threshold', 'scheme', 'blocks'] as const) {
		if (options[name] === undefined) continue;
		throw new UserError('unused-option', `--${name}: ${path} holds motion scores, which do not take it`, {
			hint: 'Leave it out.',
		});
	}
	const [{ openMotionFile }, { decryptScores }] = await Promise.all([
		import('../core/subtract/motion/stream.js'),
		import('../core/subtract/motion/owner.js'),
	]);
	const stream = await openMotionFile(path);
	const key = await readSecretKey(options.key, options.passphraseFile, context);
	const motion = await decryptScores(stream, key);
	context.reporter.warn(`${path}: ${SCORES_HAVE_NO_TAG}`);
	return await motionResult(motion, options.out ?? 'motion.png', options.raw);
}
