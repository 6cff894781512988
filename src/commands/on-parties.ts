import type { SecureProgram } from '../core/nn/secure.js';
import { openParties, type PartiesResult } from '../services/client/run-on-parties.js';
import { readClientConfig } from '../services/party/party-config.js';
import type { CommandContext } from './define-command.js';

/** Runs one program on the parties of a folder. */
export async function runOnParties(
	folder: string,
	program: SecureProgram,
	input: ArrayLike<number>,
	options: { readonly privateWeights: boolean },
	context: CommandContext,
): Promise<PartiesResult> {
	const { random, nowMs, abort } = context;
	const client = await openParties(readClientConfig(folder), { random, nowMs, signal: abort.signal });
	try {
		return await client.run(program, input, options);
	} finally {
		client.close();
	}
}
