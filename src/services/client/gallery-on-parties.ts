import { randomBytes } from 'node:crypto';
import { DESCRIPTOR_BITS, DESCRIPTOR_LENGTH, fixedThreshold } from '../../core/face/fixed-match.js';
import { RING_32 } from '../../core/mpc/ring.js';
import { readBestMatch } from '../../core/mpc/steps/best-match.js';
import { pathLength } from '../../core/mpc/steps/nearest.js';
import { combineOpenedBits } from '../../core/mpc/steps/open-bits.js';
import { combineOpened } from '../../core/mpc/steps/open-to-client.js';
import { encodeGalleryProgram, type GalleryProgram, MAX_ENROLLED_AT_ONCE } from '../party/gallery-program.js';
import type { RefreshPiece } from '../party/party-gallery.js';
import type { JobCounts, PartiesClient } from './run-on-parties.js';

/** A face as the client shares it: its pixels, for the parties to describe, or descriptors. */
export interface SharedFace {
	/** Shape: 3x150x150 from `facePixels`, or n x 128 from `fixedDescriptor`. */
	readonly values: Int32Array;
	readonly from?: 'picture';
	/** The id of the network that the parties keep on shares, to describe the picture; the public one without it. */
	readonly model?: string;
}

/** What the client knows of the gallery: the templates at the parties, and the digest of their ids. */
export interface KnownGallery {
	readonly templates: number;
	readonly digest?: string;
}

/** A random id of a template: all that parties know of whose it is. */
export function freshTemplateId(): string {
	return randomBytes(16).toString('hex');
}

/**
 * Appends templates behind the `held` ones, in as many jobs as it takes, and gives how many there are then; `onEnrolled`
 * hears after each job how many of these there are.
 * Shape: templates n x 128, from `fixedDescriptor`.
 * Throws: PeerError, also when the parties hold another number of templates.
 */
export async function enrollOnParties(
	client: PartiesClient,
	held: number,
	templates: Int32Array,
	ids?: readonly string[],
	onEnrolled: (count: number) => void = () => {},
): Promise<number> {
	const total = templates.length / DESCRIPTOR_LENGTH;
	for (let from = 0; from < total; from += MAX_ENROLLED_AT_ONCE) {
		const count = Math.min(MAX_ENROLLED_AT_ONCE, total - from);
		const values = templates.subarray(from * DESCRIPTOR_LENGTH, (from + count) * DESCRIPTOR_LENGTH);
		const named = ids === undefined ? {} : { ids: ids.slice(from, from + count) };
		await runGallery(client, { kind: 'enroll', templates: held + from, count, ...named }, { values });
		onEnrolled(from + count);
	}
	return held + total;
}

/** Appends the template of one picture, which the parties describe. Throws: as `enrollOnParties`. */
export async function enrollPicture(
	client: PartiesClient,
	known: KnownGallery,
	face: SharedFace,
	id: string,
): Promise<JobCounts> {
	return await runGallery(client, { kind: 'enroll', count: 1, ids: [id], ...known }, face);
}

/**
 * For each of some templates 1 if it is nearer to the face than the threshold; of many, in as many questions as it takes.
 * Throws: as `enrollOnParties`.
 */
export async function matchAt(
	client: PartiesClient,
	known: KnownGallery,
	face: SharedFace,
	{ places, threshold }: { readonly places?: readonly number[]; readonly threshold: number },
): Promise<JobCounts & { readonly matches: Uint8Array }> {
	const program = { kind: 'matches', threshold: fixedThreshold(threshold), ...known } as const;
	if (places === undefined) {
		const { opened, ...counts } = await runGallery(client, program, face);
		return { ...counts, matches: combineOpenedBits(opened, known.templates, 1) };
	}
	const all: JobCounts[] = [];
	const matches = new Uint8Array(places.length);
	for (const [from, some] of piecesOf(places)) {
		const { opened, ...counts } = await runGallery(client, { ...program, places: some }, face);
		matches.set(combineOpenedBits(opened, some.length, 1), from);
		all.push(counts);
	}
	return { ...summedCounts(all), matches };
}

/** `matchAt` of descriptors and all templates. */
export async function matchOnParties(client: PartiesClient, held: number, probe: Int32Array, threshold: number) {
	return await matchAt(client, { templates: held }, { values: probe }, { threshold });
}

/** The distances to some templates, where the parties open them. Throws: PeerError where they do not. */
export async function distancesAt(
	client: PartiesClient,
	known: KnownGallery,
	face: SharedFace,
	places: readonly number[],
): Promise<JobCounts & { readonly distances: readonly number[] }> {
	const all: JobCounts[] = [];
	const distances: number[] = [];
	for (const [, some] of piecesOf(places)) {
		const { opened, ...counts } = await runGallery(client, { kind: 'distances', places: some, ...known }, face);
		for (const square of combineOpened(opened, RING_32)) {
			distances.push(Math.sqrt(Number(square)) / 2 ** DESCRIPTOR_BITS);
		}
		all.push(counts);
	}
	return { ...summedCounts(all), distances };
}

/** The place of the nearest template if it is nearer than the threshold. Throws: as `enrollOnParties`. */
export async function bestAt(
	client: PartiesClient,
	known: KnownGallery,
	face: SharedFace,
	threshold: number,
): Promise<JobCounts & { readonly place: number | undefined }> {
	const program = { kind: 'best', threshold: fixedThreshold(threshold), ...known } as const;
	const { opened, ...counts } = await runGallery(client, program, face);
	const held = known.templates;
	return { ...counts, place: readBestMatch(held, [...combineOpenedBits(opened, 1, 1 + pathLength(held))]) };
}

/** `bestAt` of a descriptor. */
export async function bestOnParties(client: PartiesClient, held: number, probe: Int32Array, threshold: number) {
	return await bestAt(client, { templates: held }, { values: probe }, threshold);
}

/** Resolves when all jobs that any party had begun have ended at all three, which take them in one order. Throws: PeerError. */
export async function awaitJobs(client: PartiesClient): Promise<void> {
	await runGallery(client, { kind: 'remove', ids: [] }, NO_FACE);
}

/** Takes templates out of all parties that hold them. Throws: PeerError. */
export async function removeFromParties(client: PartiesClient, ids: readonly string[]): Promise<void> {
	for (const [, some] of piecesOf(ids)) await runGallery(client, { kind: 'remove', ids: some }, NO_FACE);
}

/** Shares a piece of the templates anew; the old shares stay in use. Throws: PeerError. */
export async function refreshPiece(client: PartiesClient, piece: RefreshPiece): Promise<JobCounts> {
	return await runGallery(client, { kind: 'refresh', ...piece }, NO_FACE);
}

/** Ends a refreshing that all three have come through; again is no harm. Throws: PeerError. */
export async function settleOnParties(client: PartiesClient, generation: string): Promise<JobCounts> {
	return await runGallery(client, { kind: 'settle', generation }, NO_FACE);
}

/** Drops new shares beside those of a generation that not all three parties have. Throws: PeerError. */
export async function abandonOnParties(client: PartiesClient, generation: string): Promise<void> {
	await runGallery(client, { kind: 'abandon', generation }, NO_FACE);
}

/** As many as one job may name, with where they begin. */
function* piecesOf<Item>(all: readonly Item[]): Generator<readonly [number, readonly Item[]]> {
	for (let from = 0; from < all.length; from += MAX_ENROLLED_AT_ONCE) {
		yield [from, all.slice(from, from + MAX_ENROLLED_AT_ONCE)];
	}
}

/** What several jobs cost, one after the other. */
export function summedCounts(all: readonly JobCounts[]): JobCounts {
	const sum = (of: (counts: JobCounts) => number): number => all.reduce((total, counts) => total + of(counts), 0);
	return {
		ms: sum(({ ms }) => ms),
		protocolMs: sum(({ protocolMs }) => protocolMs),
		rounds: sum(({ rounds }) => rounds),
		bytesSent: [0, 1, 2].map((party) => sum(({ bytesSent }) => bytesSent[party])),
	};
}

const NO_FACE: SharedFace = { values: new Int32Array(0) };

async function runGallery(client: PartiesClient, program: GalleryProgram, face: SharedFace) {
	const { values, ...origin } = face;
	return await client.runJob({
		program: encodeGalleryProgram({ ...program, ...origin }),
		ring: RING_32,
		input: values,
		weights: new Int32Array(0),
		privateWeights: false,
	});
}
