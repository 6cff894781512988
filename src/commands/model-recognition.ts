import { randomBytes } from 'node:crypto';
import { DataError } from '../core/errors.js';
import { checkOwnWeights } from '../core/face/own-weights.js';
import { recognitionNetwork } from '../core/face/recognition-network.js';
import { recognitionProgram } from '../core/face/recognition-program.js';
import { readRecognitionWeights } from '../core/face/recognition-weights.js';
import { keepModel } from '../services/client/models-on-parties.js';
import { findRecognition } from '../services/client/recognition-on-parties.js';
import type { CommandContext, CommandResult } from './define-command.js';
import { withParties } from './on-parties.js';

/** `model share recognition`: the parties keep shares of the weights of a folder, or of those that everybody has. */
export async function shareRecognition(
	folder: string | undefined,
	parties: string,
	context: CommandContext,
): Promise<CommandResult> {
	const kept = await withParties(parties, context, findRecognition);
	if (kept !== undefined) {
		throw new DataError('model-kept', `the parties keep a recognition network already, ${kept.id}`, {
			hint: 'Remove it first: veilcam model remove recognition.',
		});
	}
	const weights = readRecognitionWeights(folder);
	if (folder !== undefined) checkOwnWeights(folder, weights);
	// no hash of the weights: whoever guesses them could tell that he is right
	const id = randomBytes(16).toString('hex');
	const program = recognitionProgram(recognitionNetwork(weights));
	const { ms } = await withParties(parties, context, (client) => keepModel(client, id, program));
	const lines = [`the parties keep the recognition network as ${id}; enroll and match with --private-model`];
	if (folder === undefined) lines.push('Its weights are those of the package, which everybody has: good for trying.');
	return { fields: { id, ms }, text: lines.join('\n') };
}
