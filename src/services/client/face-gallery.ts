import { randomBytes } from 'node:crypto';
import { DataError, PeerError } from '../../core/errors.js';
import { createGalleryDigest } from '../../core/face/gallery-digest.js';
import {
	freshTemplateId,
	type KnownGallery,
	refreshOnParties,
	removeFromParties,
	settleOnParties,
} from './gallery-on-parties.js';
import { type NamedTemplate, namesFile, readNames, writeNames } from './names-file.js';
import type { JobCounts, PartiesClient } from './run-on-parties.js';

/** The gallery as one client sees it: ids at the parties, names in its own folder. */
export interface FaceGallery {
	readonly templates: readonly NamedTemplate[];
	readonly known: KnownGallery;
	/** Whether the parties open distances. */
	readonly opensDistances: boolean;
	/** Questions that each party has answered. */
	readonly queries: readonly number[];
	/** Places of a name. Throws: DataError `not-enrolled`. */
	placesOf(name: string): readonly number[];
	/** Names a fresh id before its template travels, so that none is without a name; gives the id. */
	add(name: string): Promise<string>;
	addAll(names: readonly string[]): Promise<readonly string[]>;
	/** Shares all templates anew. */
	refresh(): Promise<JobCounts>;
	/** Takes all templates of a name out. Throws: DataError `not-enrolled`. */
	remove(name: string): Promise<number>;
}

interface PartyState {
	readonly templates: number;
	readonly digest: string;
	readonly generation: string;
	readonly pending: string | null;
	readonly opensDistances: boolean;
	readonly queries: number;
}

/**
 * Reads the names, and brings them and the parties together: a template that not all three hold, after a failure, is
 * taken out; a name without a template is forgotten, and `note` says so.
 */
export async function openFaceGallery(
	client: PartiesClient,
	folder: string,
	note: (line: string) => void,
): Promise<FaceGallery> {
	const file = namesFile(folder);
	let templates = readNames(file);
	let states = await settledStates(client);
	const digestNow = () => {
		const grown = createGalleryDigest(states[0].generation);
		grown.add(templates.map(({ id }) => id));
		return grown;
	};
	let digest = digestNow();
	if (!states.every((state) => state.digest === digest.value)) {
		templates = await reconcile(client, templates, note);
		await writeNames(file, templates);
		states = await statesOf(client);
		digest = digestNow();
	}
	const placesOf = (name: string): readonly number[] => {
		const places = templates.flatMap((template, place) => (template.name === name ? [place] : []));
		if (places.length > 0) return places;
		throw new DataError('not-enrolled', `${name}: nobody of that name is enrolled`, {
			hint: '`veilcam gallery list` tells who is; `veilcam enroll` enrolls.',
		});
	};
	const addAll = async (names: readonly string[]): Promise<readonly string[]> => {
		const added = names.map((name) => ({ id: freshTemplateId(), name }));
		templates = [...templates, ...added];
		await writeNames(file, templates);
		const ids = added.map(({ id }) => id);
		digest.add(ids);
		return ids;
	};
	return {
		get templates() {
			return templates;
		},
		get known() {
			return { templates: templates.length, digest: digest.value };
		},
		opensDistances: states.every(({ opensDistances }) => opensDistances),
		queries: states.map(({ queries }) => queries),
		placesOf,
		addAll,
		add: async (name) => (await addAll([name]))[0],
		async refresh() {
			const counts = await refreshOnParties(client, randomBytes(32).toString('hex'));
			states = await statesOf(client);
			digest = digestNow();
			return counts;
		},
		async remove(name) {
			const places = placesOf(name);
			await removeFromParties(
				client,
				places.map((place) => templates[place].id),
			);
			templates = templates.filter((template) => template.name !== name);
			await writeNames(file, templates);
			digest = digestNow();
			return places.length;
		},
	};
}

async function reconcile(
	client: PartiesClient,
	named: readonly NamedTemplate[],
	note: (line: string) => void,
): Promise<readonly NamedTemplate[]> {
	const lists = (await client.ask('GET', '/v1/gallery/ids')).map(idsOf);
	const sets = lists.map((ids) => new Set(ids));
	const partial = [...new Set(lists.flat())].filter((id) => !sets.every((ids) => ids.has(id)));
	if (partial.length > 0) {
		note(`${partial.length} templates that not all parties hold are taken out: an enrolment did not come to its end`);
		await removeFromParties(client, partial);
	}
	const gone = new Set(partial);
	const names = new Map(named.map(({ id, name }) => [id, name]));
	const kept = lists[0].filter((id) => !gone.has(id)).map((id) => ({ id, name: names.get(id) ?? null }));
	const lost = named.length - kept.filter(({ id }) => names.has(id)).length;
	if (lost > 0) note(`${lost} names have no template at the parties any more, and are forgotten`);
	return kept;
}

/** One party may have settled new shares, and another one not come to it: the one that has not has them too. */
async function settledStates(client: PartiesClient): Promise<readonly PartyState[]> {
	const states = await statesOf(client);
	const generations = new Set(states.map(({ generation }) => generation));
	if (generations.size === 1) return states;
	const waiting = states.map(({ pending }) => pending).find((pending) => pending !== null && generations.has(pending));
	if (waiting === undefined || waiting === null) {
		throw new DataError('galleries-differ', "the parties' galleries are of different times", {
			hint: 'Was a party put back from a backup? Put all three back from the same time, or enroll anew.',
		});
	}
	await settleOnParties(client, waiting);
	return await statesOf(client);
}

async function statesOf(client: PartiesClient): Promise<readonly PartyState[]> {
	return (await client.ask('GET', '/v1/gallery')).map((answer, party) => {
		const { templates, digest, generation, pending, opensDistances, queries }: Record<string, unknown> = Object(answer);
		if (
			typeof templates === 'number' &&
			typeof digest === 'string' &&
			typeof generation === 'string' &&
			typeof queries === 'number'
		) {
			const waiting = typeof pending === 'string' ? pending : null;
			return { templates, digest, generation, pending: waiting, opensDistances: opensDistances === true, queries };
		}
		throw notAGallery(party);
	});
}

function idsOf(answer: unknown, party: number): string[] {
	if (Array.isArray(answer) && answer.every((id) => typeof id === 'string')) return answer;
	throw notAGallery(party);
}

function notAGallery(party: number): PeerError {
	return new PeerError('not-a-gallery', `party ${party}: its answer is not that of a gallery`, {
		hint: 'Are all parties of this version?',
	});
}
