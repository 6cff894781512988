import { DataError } from '../../core/errors.js';
import { DESCRIPTOR_LENGTH, DISTANCE_SIGN } from '../../core/face/fixed-match.js';
import { recognitionInput } from '../../core/face/recognition-network.js';
import { PIECE_VALUES } from '../../core/mpc/steps/pieces.js';
import { sizeOf } from '../../core/nn/graph.js';
import { modelId } from './model-program.js';
import type { RefreshPiece } from './party-gallery.js';

/** Where a descriptor comes from: 128 shared numbers, or a shared picture on which the parties run the network. */
interface Origin {
	readonly from?: 'picture';
	/** The id of a recognition network that the parties keep on shares, in place of the public one. */
	readonly model?: string;
	/** Of the ids that the client knows, in order: the parties hold the same, or the job is refused. */
	readonly digest?: string;
}

/** What a client asks of the templates that the parties hold: public, the same bytes for all three. */
export type GalleryProgram =
	/** Appends `count` templates behind the `templates` that are there, with an id each where they are kept in a file. */
	| ({
			readonly kind: 'enroll';
			readonly templates: number;
			readonly count: number;
			readonly ids?: readonly string[];
	  } & Origin)
	/** Opens a bit for each of the `templates`, or of some of them. `threshold` is one of `fixedThreshold`. */
	| ({
			readonly kind: 'matches';
			readonly templates: number;
			readonly threshold: number;
			readonly places?: readonly number[];
	  } & Origin)
	/** Opens the place of the best. */
	| ({ readonly kind: 'best'; readonly templates: number; readonly threshold: number } & Origin)
	/** Opens squared distances, where the parties were started so. */
	| ({ readonly kind: 'distances'; readonly templates: number; readonly places: readonly number[] } & Origin)
	/** Takes templates out, wherever they are. */
	| { readonly kind: 'remove'; readonly ids: readonly string[] }
	/** Shares some templates anew, from generation `base`, beside the old shares. */
	| ({ readonly kind: 'refresh' } & RefreshPiece)
	/** Lets go of the old shares when all three have all of the new ones; `abandon`, of new ones beside those of a generation. */
	| { readonly kind: 'settle' | 'abandon'; readonly generation: string };

/** Programs without a face. */
export type UpkeepProgram = Extract<GalleryProgram, { readonly kind: 'remove' | 'refresh' | 'settle' | 'abandon' }>;

export function isUpkeep(program: GalleryProgram): program is UpkeepProgram {
	return ['remove', 'refresh', 'settle', 'abandon'].includes(program.kind);
}

/** About 1.1 GB of a party. */
export const MAX_TEMPLATES = 2 ** 20;
/** In one job; the rest goes into others. */
export const MAX_ENROLLED_AT_ONCE = 4096;

/** Bytes of a sign on one value: bit planes of products, draws and messages. */
const WORKING_BYTES_PER_VALUE = 320;
const SMALL_BYTES = 4 * 1024 * 1024;
/** In one job, which takes about half a second: questions come in between. */
export const MAX_REFRESHED_AT_ONCE = 8192;
/** Of these, read, shared and written at once: some 30 ms, in which a party hears nobody. */
export const REFRESH_BATCH = 1024;
const REFRESH_BYTES = REFRESH_BATCH * DESCRIPTOR_LENGTH * 4 * 8;

export function encodeGalleryProgram(program: GalleryProgram): string {
	return JSON.stringify({ gallery: program });
}

/** Throws: DataError for a gallery program with fields that it may not have; undefined for a program of another kind. */
export function decodeGalleryProgram(text: string): GalleryProgram | undefined {
	if (!text.startsWith('{"gallery":')) return undefined;
	const fields = fieldsOf(text);
	const { kind, templates, count, threshold, ids, places } = fields;
	if (kind === 'remove') return { kind, ids: idsOf(ids, MAX_ENROLLED_AT_ONCE) };
	if (kind === 'settle' || kind === 'abandon') return { kind, generation: hash('generation', fields.generation) };
	if (kind === 'refresh') {
		return {
			kind,
			generation: hash('generation', fields.generation),
			base: hash('base', fields.base),
			start: whole('start', fields.start, 0, MAX_TEMPLATES - 1),
			count: whole('count', count, 1, MAX_REFRESHED_AT_ONCE),
		};
	}
	const origin = originOf(fields);
	if (kind === 'enroll') {
		const most = Math.min(MAX_ENROLLED_AT_ONCE, MAX_TEMPLATES - whole('templates', templates, 0, MAX_TEMPLATES));
		const enrolled = whole('count', count, 1, origin.from === 'picture' ? 1 : most);
		const named = ids === undefined ? {} : { ids: idsOf(ids, enrolled) };
		if (named.ids !== undefined && named.ids.length !== enrolled) throw wrong('ids', `${enrolled} of them`);
		return { kind, templates: Number(templates), count: enrolled, ...named, ...origin };
	}
	const held = whole('templates', templates, 1, MAX_TEMPLATES);
	if (kind === 'distances') return { kind, templates: held, places: placesOf(places, held), ...origin };
	const limit = (): number => whole('threshold', threshold, 1, 2 ** (DISTANCE_SIGN.to - 1) - 1);
	if (kind === 'best') return { kind, templates: held, threshold: limit(), ...origin };
	if (kind === 'matches') {
		const some = places === undefined ? {} : { places: placesOf(places, held) };
		return { kind, templates: held, threshold: limit(), ...some, ...origin };
	}
	throw wrong('kind', 'enroll, matches, best, distances, remove, refresh, settle or abandon');
}

function originOf({ from, model, digest }: Record<string, unknown>): Origin {
	if (from !== undefined && from !== 'picture') throw wrong('from', 'picture');
	if (model !== undefined && from === undefined) throw wrong('model', 'none without a picture');
	return {
		...(from === undefined ? {} : { from }),
		...(model === undefined ? {} : { model: modelId(model) }),
		...(digest === undefined ? {} : { digest: hash('digest', digest) }),
	};
}

function hash(name: string, value: unknown): string {
	if (typeof value === 'string' && /^[0-9a-f]{64}$/.test(value)) return value;
	throw wrong(name, '256 bits in hexadecimal');
}

function idsOf(value: unknown, most: number): string[] {
	const ids = Array.isArray(value) ? value.filter((id) => typeof id === 'string' && /^[0-9a-f]{32}$/.test(id)) : [];
	if (!Array.isArray(value) || ids.length !== value.length || ids.length > most || new Set(ids).size < ids.length) {
		throw wrong('ids', `at most ${most} different ones of 128 bits in hexadecimal`);
	}
	return ids;
}

function placesOf(value: unknown, held: number): number[] {
	if (!Array.isArray(value) || value.length < 1 || value.length > MAX_ENROLLED_AT_ONCE) {
		throw wrong('places', `a list of at most ${MAX_ENROLLED_AT_ONCE}`);
	}
	return value.map((place) => whole('places', place, 0, held - 1));
}

/** Numbers that the client shares: a picture, the templates, or the vector to look for. */
export function galleryInputCount(program: GalleryProgram): number {
	if (isUpkeep(program)) return 0;
	if (program.from === 'picture') return sizeOf(recognitionInput);
	return program.kind === 'enroll' ? program.count * DESCRIPTOR_LENGTH : DESCRIPTOR_LENGTH;
}

/** Bytes that a party needs for a program besides the templates and the network. */
export function planGalleryArena(program: GalleryProgram): number {
	if (isUpkeep(program)) return SMALL_BYTES + REFRESH_BYTES;
	if (program.kind === 'enroll') return program.count * (8 * DESCRIPTOR_LENGTH + 16) + SMALL_BYTES;
	const distances = program.kind === 'best' ? 9 * program.templates : program.templates;
	return distances + WORKING_BYTES_PER_VALUE * Math.min(PIECE_VALUES, program.templates) + SMALL_BYTES;
}

function fieldsOf(text: string): Record<string, unknown> {
	try {
		return { ...Object(JSON.parse(text).gallery) };
	} catch (cause) {
		throw new DataError('bad-program', 'the program is not one', { cause });
	}
}

function whole(name: string, value: unknown, least: number, most: number): number {
	if (typeof value === 'number' && Number.isInteger(value) && value >= least && value <= most) return value;
	throw wrong(name, `${least} to ${most}`);
}

function wrong(name: string, expected: string): DataError {
	return new DataError('bad-program', `gallery: ${name}: expected ${expected}`);
}
