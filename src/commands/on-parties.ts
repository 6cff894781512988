import type { SecureProgram } from '../core/nn/secure.js';
import { openParties, type PartiesClient, type PartiesResult } from '../services/client/run-on-parties.js';
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
	return withParties(folder, context, (client) => client.run(program, input, options));
}

/** Connects to the parties of a folder for as long as the work takes. */
export async function withParties<Result>(
	folder: string,
	{ random, nowMs, abort }: CommandContext,
	work: (client: PartiesClient) => Promise<Result>,
): Promise<Result> {
	const client = await openParties(readClientConfig(folder), { random, nowMs, signal: abort.signal });
	try {
		return await work(client);
	} finally {
		client.close();
	}
}
