import { DataError } from '../../core/errors.js';
import { DESCRIPTOR_LENGTH, DISTANCE_SIGN } from '../../core/face/fixed-match.js';
import { PIECE_VALUES } from '../../core/mpc/steps/pieces.js';

/** What a client asks of the templates that the parties hold: public, the same bytes for all three. */
export type GalleryProgram =
	/** Appends `count` templates behind the `templates` that are there. */
	| { readonly kind: 'enroll'; readonly templates: number; readonly count: number }
	/** Opens a bit for each of the `templates`, or the place of the best. `threshold` is one of `fixedThreshold`. */
	| { readonly kind: 'matches' | 'best'; readonly templates: number; readonly threshold: number };

/** About 1.1 GB of a party. */
export const MAX_TEMPLATES = 2 ** 20;
/** In one job; the rest goes into others. */
export const MAX_ENROLLED_AT_ONCE = 4096;

/** Bytes of a sign on one value: bit planes of products, draws and messages. */
const WORKING_BYTES_PER_VALUE = 320;
const SMALL_BYTES = 4 * 1024 * 1024;

export function encodeGalleryProgram(program: GalleryProgram): string {
	return JSON.stringify({ gallery: program });
}

/** Throws: DataError for a gallery program with fields that it may not have; undefined for a program of another kind. */
export function decodeGalleryProgram(text: string): GalleryProgram | undefined {
	if (!text.startsWith('{"gallery":')) return undefined;
	const { kind, templates, count, threshold } = fieldsOf(text);
	if (kind === 'enroll') {
		const most = Math.min(MAX_ENROLLED_AT_ONCE, MAX_TEMPLATES - whole('templates', templates, 0, MAX_TEMPLATES));
		return { kind, templates: Number(templates), count: whole('count', count, 1, most) };
	}
	if (kind === 'matches' || kind === 'best') {
		return {
			kind,
			templates: whole('templates', templates, 1, MAX_TEMPLATES),
			threshold: whole('threshold', threshold, 1, 2 ** (DISTANCE_SIGN.to - 1) - 1),
		};
	}
	throw new DataError('bad-program', 'gallery: expected enroll, matches or best');
}

/** Numbers that the client shares: the templates, or the vector to look for. */
export function galleryInputCount(program: GalleryProgram): number {
	return program.kind === 'enroll' ? program.count * DESCRIPTOR_LENGTH : DESCRIPTOR_LENGTH;
}

/** Bytes that a party needs for a program besides the templates. */
export function planGalleryArena(program: GalleryProgram): number {
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
	throw new DataError('bad-program', `gallery: ${name}: expected ${least} to ${most}`);
}
