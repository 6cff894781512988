import { counted } from '../../core/counted.js';
import { DataError } from '../../core/errors.js';
import { createGalleryDigest } from '../../core/face/gallery-digest.js';
import { awaitJobs, freshTemplateId, type KnownGallery, removeFromParties } from './gallery-on-parties.js';
import { notAGallery, settledStates, statesOf } from './gallery-states.js';
import { type NamedTemplate, namesFile, openNames, readNames, viewNames, writeNames } from './names-file.js';
import { type RefreshedGallery, type RefreshProgress, refreshGallery } from './refresh-gallery.js';
import type { PartiesClient } from './run-on-parties.js';

/** The gallery as one client sees it: ids at the parties, names in its own folder. */
export interface FaceGallery {
	readonly templates: readonly NamedTemplate[];
	readonly known: KnownGallery;
	/** Whether the parties open distances. */
	readonly opensDistances: boolean;
	/** The recognition network that made the templates: `PUBLIC_MODEL` or an id; null while there are none. */
	readonly model: string | null;
	/** By party: how many questions of each client it has let through. */
	readonly queries: readonly Readonly<Record<string, number>>[];
	/** Places of a name. Throws: DataError `not-enrolled`. */
	placesOf(name: string): readonly number[];
	/** Names a fresh id before its template travels, so that none is without a name; gives the id. */
	add(name: string): Promise<string>;
	addAll(names: readonly string[]): Promise<readonly string[]>;
	/** Takes names back whose templates the parties have refused. */
	takeBack(ids: readonly string[]): Promise<void>;
	/** Shares all templates anew, piece by piece. Throws: PeerError; all parties keep the old shares then, or the new ones. */
	refresh(onProgress?: RefreshProgress): Promise<RefreshedGallery>;
	/** Takes all templates of a name out, and gives how many. Throws: DataError `not-enrolled`. */
	remove(name: string): Promise<number>;
	/** Takes out those of some templates that have no name here, and gives how many. */
	removeNameless(ids: ReadonlySet<string>): Promise<number>;
}

/**
 * Reads the names, and brings them and the parties together: a template that not all three hold, after a failure, is
 * taken out; a name without a template is moved to a file beside, which `gallery import` reads. `note` says so. Where
 * another process is changing the names (`mayChange`) either may be an enrolment on its way: both are looked over then.
 * Throws: DataError `galleries-differ` where a party has lost its file, and of `openNames`.
 */
export async function openFaceGallery(
	client: PartiesClient,
	folder: string,
	note: (line: string) => void,
	mayChange = true,
): Promise<FaceGallery> {
	const file = namesFile(folder);
	const keeper = mayChange ? openNames(file) : viewNames(file);
	let states = await settledStates(client);
	const digestNow = () => {
		const grown = createGalleryDigest(states[0].generation);
		grown.add(keeper.templates.map(({ id }) => id));
		return grown;
	};
	let digest = digestNow();
	if (!states.every((state) => state.digest === digest.value)) {
		const { kept, lost } = await reconcile(client, keeper.templates, mayChange ? note : undefined);
		if (mayChange && lost.length > 0) {
			const aside = `${file}.old`;
			await writeNames(aside, [...readNames(aside), ...lost]);
			note(`${counted(lost.length, 'name is', 'names are')} moved to ${aside}: without a template at the parties`);
		}
		await keeper.replace(kept);
		states = await statesOf(client);
		digest = digestNow();
	}
	const placesOf = (name: string): readonly number[] => {
		const places = keeper.templates.flatMap((template, place) => (template.name === name ? [place] : []));
		if (places.length > 0) return places;
		throw new DataError('not-enrolled', `${name}: nobody of that name is enrolled`, {
			hint: '`veilcam gallery list` tells who is; `veilcam enroll` enrolls.',
		});
	};
	const addAll = async (names: readonly string[]): Promise<readonly string[]> => {
		const added = names.map((name) => ({ id: freshTemplateId(), name }));
		await keeper.replace([...keeper.templates, ...added]);
		const ids = added.map(({ id }) => id);
		digest.add(ids);
		return ids;
	};
	const removeWhere = async (isMeant: (template: NamedTemplate) => boolean): Promise<number> => {
		const ids = keeper.templates.filter(isMeant).map(({ id }) => id);
		await removeFromParties(client, ids);
		await keeper.replace(keeper.templates.filter((template) => !isMeant(template)));
		digest = digestNow();
		return ids.length;
	};
	return {
		get templates() {
			return keeper.templates;
		},
		get known() {
			return { templates: keeper.templates.length, digest: digest.value };
		},
		opensDistances: states.every(({ opensDistances }) => opensDistances),
		get model() {
			return states[0].model;
		},
		queries: states.map(({ queries }) => queries),
		placesOf,
		addAll,
		add: async (name) => (await addAll([name]))[0],
		async takeBack(ids) {
			const refused = new Set(ids);
			await keeper.replace(keeper.templates.filter(({ id }) => !refused.has(id)));
			digest = digestNow();
		},
		async refresh(onProgress) {
			const counts = await refreshGallery(client, states[0].generation, onProgress);
			states = await statesOf(client);
			digest = digestNow();
			return counts;
		},
		async remove(name) {
			placesOf(name);
			return await removeWhere((template) => template.name === name);
		},
		removeNameless: (ids) => removeWhere(({ id, name }) => name === null && ids.has(id)),
	};
}

/**
 * What all three parties hold, in their order, and the names of what they do not. What only some hold is taken out, and
 * `note` says so; without it, it is left to whoever changes the gallery.
 */
async function reconcile(
	client: PartiesClient,
	named: readonly NamedTemplate[],
	note: ((line: string) => void) | undefined,
): Promise<{ readonly kept: readonly NamedTemplate[]; readonly lost: readonly NamedTemplate[] }> {
	let lists = await idLists(client);
	const before = partialIn(lists);
	if (note !== undefined && before.size > 0) {
		// an enrolment of another client may be on its way from one party's file to the next
		await awaitJobs(client);
		lists = await idLists(client);
		const partial = [...partialIn(lists)].filter((id) => before.has(id));
		guardWhole(lists, partial.length);
		if (partial.length > 0) {
			note(
				`${counted(partial.length, 'template is', 'templates are')} taken out, which not all parties hold: an enrolment was cut short`,
			);
			await removeFromParties(client, partial);
		}
	}
	const names = new Map(named.map(({ id, name }) => [id, name]));
	const unheld = partialIn(lists);
	const kept = lists[0].filter((id) => !unheld.has(id)).map((id) => ({ id, name: names.get(id) ?? null }));
	const held = new Set(kept.map(({ id }) => id));
	return { kept, lost: named.filter(({ id, name }) => name !== null && !held.has(id)) };
}

async function idLists(client: PartiesClient): Promise<readonly (readonly string[])[]> {
	return (await client.ask('GET', '/v1/gallery/ids')).map(idsOf);
}

/** Ids that some parties hold, and not all. */
function partialIn(lists: readonly (readonly string[])[]): ReadonlySet<string> {
	const sets = lists.map((ids) => new Set(ids));
	return new Set(lists.flat().filter((id) => !sets.every((ids) => ids.has(id))));
}

/** An enrolment that is cut short leaves few templates behind; a party without any has lost its file. */
function guardWhole(lists: readonly (readonly string[])[], partial: number): void {
	const party = lists.findIndex((ids) => ids.length === 0);
	if (party === -1 || partial < 2) return;
	throw new DataError('galleries-differ', `party ${party} holds none of the ${partial} templates that others hold`, {
		hint: 'Was its gallery file lost? Put it back from a backup; without one, remove the files of all three, and enroll anew.',
	});
}

function idsOf(answer: unknown, party: number): string[] {
	if (Array.isArray(answer) && answer.every((id) => typeof id === 'string')) return answer;
	throw notAGallery(party);
}
