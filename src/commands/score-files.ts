import { scoreStreams } from '../core/subtract/motion/score.js';
import type { MotionStream } from '../core/subtract/motion/stream.js';
import { scoreRemotely } from '../services/client/score-remote.js';
import { type AskOptions, askSubtractor } from './ask-subtractor.js';
import type { CommandContext } from './define-command.js';

/** The score of A and B, by a thread of this process. Throws: DataError of `scoreStreams`. */
export async function scoreHere(a: MotionStream, b: MotionStream): Promise<MotionStream> {
	const { header, records } = await scoreStreams(a, b);
	return { name: 'the score', header, plan: a.plan, records: () => records, close: async () => undefined };
}

/** The score that a subtractor answers. Throws: those of `scoreRemotely`. */
export async function scoreOnServer(
	url: string,
	options: AskOptions,
	context: CommandContext,
	open: () => Promise<[MotionStream, MotionStream]>,
): Promise<MotionStream> {
	return await askSubtractor(url, options, context, async (connection) => {
		const score = await scoreRemotely(connection, ...(await open()));
		const whole: Uint8Array[] = [];
		for await (const record of score.records()) whole.push(record);
		// the connection ends here
		return { ...score, records: () => inMemory(whole) };
	});
}

async function* inMemory(records: readonly Uint8Array[]): AsyncGenerator<Uint8Array> {
	yield* records;
}
