import { existsSync } from 'node:fs';
import { DataError, PolicyError, UserError } from '../core/errors.js';
import { readFileBytes, writeFileBytes } from '../core/image/files.js';
import { keepModel, listModels, removeModel } from '../services/client/models-on-parties.js';
import { findRecognition } from '../services/client/recognition-on-parties.js';
import type { PartiesClient } from '../services/client/run-on-parties.js';
import { decodeModelFile, encodeModelFile } from '../services/model/model-file.js';
import type { CommandContext, CommandResult } from './define-command.js';
import { guardNew } from './guard-new.js';
import { withParties } from './on-parties.js';

/** In place of a file or an id: the network that describes faces. */
export const RECOGNITION = 'recognition';

/** `model share`: the parties keep shares of the weights; `out` gets the model without them. */
export async function shareModel(
	file: string,
	{ parties, out, force }: { readonly parties: string; readonly out: string | undefined; readonly force: boolean },
	context: CommandContext,
): Promise<CommandResult> {
	if (out !== undefined) guardNew(out, force);
	const model = decodeModelFile(await readFileBytes(file, 'a model'), file);
	if (!model.hasWeights) throw new UserError('no-weights', `${file}: holds no weights to share`);
	const { ms } = await withParties(parties, context, (client) => keepModel(client, model.id, model));
	if (out !== undefined) await writeFileBytes(out, encodeModelFile({ ...model, hasWeights: false }));
	const text = `${file}: the parties keep its weights as ${model.id}`;
	return {
		fields: { id: model.id, ms, out },
		text: out === undefined ? text : `${text}\n${out}: for clients, without weights`,
	};
}

/** `model list`: what the parties keep. */
export async function listKept(parties: string, context: CommandContext): Promise<CommandResult> {
	const models = await withParties(parties, context, listModels);
	const lines = models.map(({ id, bytes, kind, parties: count }) => {
		const where = count === 3 ? '' : `, at ${count} of 3 parties only: share it again after \`model remove\``;
		const use = kind === 'recognition' ? ', recognition of faces' : '';
		return `${id}: ${Math.ceil(bytes / 1000)} kB${use}${where}`;
	});
	return { fields: { models }, text: lines.length === 0 ? 'the parties keep no models' : lines.join('\n') };
}

/** `model remove`: by id, by the file that was shared, or `RECOGNITION` by its name. */
export async function removeKept(
	name: string,
	{ parties, force }: { readonly parties: string; readonly force: boolean },
	context: CommandContext,
): Promise<CommandResult> {
	return await withParties(parties, context, async (client) => {
		const id = name === RECOGNITION ? (await findRecognition(client))?.id : await idOf(name);
		if (id === undefined) throw new DataError('no-such-model', 'no party keeps a recognition network');
		if (!force) await guardNotNeeded(client, id);
		const removed = await removeModel(client, id);
		if (!removed) throw new DataError('no-such-model', `${id}: no party keeps such a model`);
		return { fields: { id }, text: `${id}: removed at the parties` };
	});
}

async function idOf(name: string): Promise<string> {
	const id = existsSync(name) ? decodeModelFile(await readFileBytes(name, 'a model'), name).id : name;
	if (!/^[0-9a-f]{32}$/.test(id)) {
		throw new UserError('bad-argument', `model remove: expected a model or its id of 32 digits, got "${name}"`);
	}
	return id;
}

/** Shared again it has another id: what templates were made with is gone for good. Throws: PolicyError `model-needed`. */
async function guardNotNeeded(client: PartiesClient, id: string): Promise<void> {
	const states: readonly { readonly model?: unknown }[] = (await client.ask('GET', '/v1/gallery')).map(Object);
	if (!states.some(({ model }) => model === id)) return;
	throw new PolicyError('model-needed', `${id}: the templates of the gallery were made with it, and end with it`, {
		hint: 'Remove everybody first with `veilcam gallery remove`, or give --force.',
	});
}
