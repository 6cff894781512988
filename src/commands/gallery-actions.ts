import { counted } from '../core/counted.js';
import { DataError, PolicyError } from '../core/errors.js';
import { namesFile, readNames, writeNames } from '../services/client/names-file.js';
import { PUBLIC_MODEL } from '../services/party/gallery-file.js';
import { canAsk, confirm } from './confirm.js';
import type { CommandContext, CommandResult } from './define-command.js';
import { askGallery, changeGallery } from './gallery-options.js';
import { guardNew } from './guard-new.js';

const NAMELESS =
	'another client may have the names that are not here: `gallery import` reads its export; without one, ' +
	'`gallery remove --nameless` removes those templates';

export async function listGallery(folder: string, context: CommandContext): Promise<CommandResult> {
	return await askGallery(folder, context, async (_client, { templates, queries, model }) => {
		const counts = new Map<string | null, number>();
		for (const { name } of templates) counts.set(name, (counts.get(name) ?? 0) + 1);
		const people = [...counts].map(([name, count]) => ({ name, templates: count }));
		const lines = people.map(({ name, templates: count }) => `${name ?? '(no name here)'}: ${count}`);
		if (model !== null) {
			lines.push(
				model === PUBLIC_MODEL
					? 'made with the public recognition network'
					: `made with a private recognition network, ${model}`,
			);
		}
		const nameless = counts.get(null) ?? 0;
		if (nameless > 0) lines.push(NAMELESS);
		const text = people.length === 0 ? 'nobody is enrolled' : lines.join('\n');
		return { fields: { people, templates: templates.length, nameless, queries, model }, text };
	});
}

export async function removeName(folder: string, name: string, context: CommandContext): Promise<CommandResult> {
	return await changeGallery(folder, context, async (_client, gallery) => {
		const removed = await gallery.remove(name);
		return {
			fields: { name, removed },
			text: `${counted(removed, 'template of', 'templates of')} ${name} ${removed === 1 ? 'is' : 'are'} removed`,
		};
	});
}

/**
 * Removes the templates that have no name here, after a yes on a terminal, or with `force`.
 * Throws: PolicyError `not-confirmed`.
 */
export async function removeNameless(folder: string, force: boolean, context: CommandContext): Promise<CommandResult> {
	const ids = await askGallery(folder, context, async (_client, { templates }) => {
		return new Set(templates.flatMap(({ id, name }) => (name === null ? [id] : [])));
	});
	if (ids.size === 0) return { fields: { name: null, removed: 0 }, text: 'all templates have names here' };
	const found = counted(ids.size, 'template has no name here', 'templates have no name here');
	if (!force) {
		if (!canAsk(context)) {
			throw new PolicyError('not-confirmed', `${found}, and another client may know whose: nothing was removed`, {
				hint: 'With --force they are removed, for whoever else has the names, too.',
			});
		}
		await confirm(`${found}. Whoever else has the names loses them, too. Remove?`, NOT_REMOVED, context);
	}
	const removed = await changeGallery(folder, context, (_client, gallery) => gallery.removeNameless(ids));
	const text = `${counted(removed, 'template without a name is', 'templates without a name are')} removed`;
	return { fields: { name: null, removed }, text };
}

const NOT_REMOVED = { message: 'nothing was removed', hint: 'Answer y, or give --force.' };

export async function refreshGallery(folder: string, context: CommandContext): Promise<CommandResult> {
	return await askGallery(folder, context, async (_client, gallery) => {
		const { ms, rounds, bytesSent } = await gallery.refresh((done, total) => {
			context.reporter.progress({ phase: done === total ? 'put in place' : 'share anew', done, total });
		});
		const templates = gallery.templates.length;
		return {
			fields: { templates, ms, rounds, bytesSent },
			text: `${counted(templates, 'template is', 'templates are')} shared anew`,
		};
	});
}

/** Throws: UserError where a file would be lost. */
export async function exportNames(
	folder: string,
	file: string,
	force: boolean,
	context: CommandContext,
): Promise<CommandResult> {
	guardNew(file, force);
	return await askGallery(folder, context, async (_client, { templates }) => {
		await writeNames(file, templates);
		return {
			fields: { file, templates: templates.length },
			text: `${counted(templates.length, 'id and its name are', 'ids and their names are')} in ${file}`,
		};
	});
}

export async function importNames(folder: string, file: string, context: CommandContext): Promise<CommandResult> {
	const hint = '`veilcam gallery export` writes such a file.';
	const names = new Map(readNames(file, hint).map(({ id, name }) => [id, name]));
	if (names.size === 0) {
		throw new DataError('no-names', `${file}: there is no such file, or it holds no names`, { hint });
	}
	return await changeGallery(folder, context, async (_client, { templates }) => {
		const joined = templates.map(({ id, name }) => ({ id, name: name ?? names.get(id) ?? null }));
		await writeNames(namesFile(folder), joined);
		const learnt = joined.filter(({ name }, i) => name !== templates[i].name).length;
		return {
			fields: { learnt, templates: joined.length },
			text: `${counted(learnt, 'name is', 'names are')} learnt from ${file}`,
		};
	});
}
