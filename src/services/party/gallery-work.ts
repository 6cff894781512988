import { createHash } from 'node:crypto';
import { DataError } from '../../core/errors.js';
import { DISTANCE_SIGN } from '../../core/face/fixed-match.js';
import type { Party } from '../../core/mpc/party.js';
import type { PartyIndex } from '../../core/mpc/party-index.js';
import { copyInto, RING_32 } from '../../core/mpc/ring.js';
import type { Replicated } from '../../core/mpc/shares.js';
import { runBestMatch } from '../../core/mpc/steps/best-match.js';
import { runDistances } from '../../core/mpc/steps/distances.js';
import { runMatchBits } from '../../core/mpc/steps/match-bits.js';
import { openBitsToClient } from '../../core/mpc/steps/open-bits.js';
import { type OpenedShare, openToClient } from '../../core/mpc/steps/open-to-client.js';
import { runReshare } from '../../core/mpc/steps/reshare.js';
import { runCompareHashes } from '../../core/mpc/steps/share-input.js';
import { squaredNorms } from '../../core/mpc/steps/squared-norms.js';
import { templatesAt } from '../../core/mpc/template-source.js';
import type { FaceModel } from './face-model.js';
import { PUBLIC_MODEL } from './gallery-file.js';
import {
	type GalleryProgram,
	galleryInputCount,
	isUpkeep,
	planGalleryArena,
	type UpkeepProgram,
} from './gallery-program.js';
import type { JobOwn, JobWork } from './job-work.js';
import type { PartyGallery } from './party-gallery.js';

/** A program on the templates that the parties hold. */
export function galleryWork(program: GalleryProgram, model: () => FaceModel): JobWork {
	const face = !isUpkeep(program) && program.from === 'picture' ? model() : undefined;
	return {
		name: program.kind,
		inputCount: galleryInputCount(program),
		weightCount: 0,
		ring: RING_32,
		arenaBytes: planGalleryArena(program) + (face?.arenaBytes ?? 0),
		run: (party, input, own) => runGallery(party, program, input, own, face),
	};
}

/**
 * Runs a program on the templates of this party, and gives what it sends to the client: nothing for an enrolment, whose
 * squared norms the parties work out themselves, for a client could lie about them.
 * Throws: DataError when the party holds other templates than the program says, or none of its model; PolicyError for a
 * question that it does not answer.
 */
async function runGallery(
	party: Party,
	program: GalleryProgram,
	input: Replicated,
	{ gallery, models, client }: JobOwn,
	face: FaceModel | undefined,
): Promise<OpenedShare> {
	if (isUpkeep(program)) {
		await runUpkeep(party, program, gallery);
		return NOTHING;
	}
	guardAgreement(party, program, gallery);
	const { model } = program;
	const weights = face === undefined || model === undefined ? undefined : models.load(model, face.network);
	if (program.kind !== 'enroll') gallery.enter({ client, kind: program.kind, templates: comparedWith(program) });
	const vectors = face === undefined ? input : await face.describe(party, input, weights);
	const { table } = gallery;
	switch (program.kind) {
		case 'enroll':
			await gallery.append(program.ids, vectors, squaredNorms(party, vectors, program.count).own, model);
			return NOTHING;
		case 'matches': {
			const templates = program.places === undefined ? table : templatesAt(table, program.places);
			const bits = await runMatchBits(party, vectors, templates, { ...program, sign: DISTANCE_SIGN });
			return openBitsToClient(party, [bits], templates.count);
		}
		case 'distances': {
			const count = program.places.length;
			const templates = templatesAt(table, program.places);
			return openToClient(party, await runDistances(party, vectors, templates, { from: 0, count, minus: 0 }));
		}
		case 'best':
			return openBitsToClient(party, await runBestMatch(party, vectors, table, { ...program, sign: DISTANCE_SIGN }), 1);
	}
}

async function runUpkeep(party: Party, program: UpkeepProgram, gallery: PartyGallery): Promise<void> {
	const agree = async (words: string): Promise<void> => {
		const hash = createHash('sha256').update(words).digest();
		await runCompareHashes(party, { first: hash, second: hash }, (other) => differing(party, other));
	};
	switch (program.kind) {
		case 'remove':
			return await gallery.remove(program.ids);
		case 'refresh':
			return await gallery.refresh(program, agree, (first) => shareAnew(party, first));
		case 'settle':
			return await gallery.settle(program.generation, agree, (hashes) =>
				runCompareHashes(party, hashes, (other) => differing(party, other)),
			);
		case 'abandon':
			return await gallery.abandon(program.generation, agree);
	}
}

async function shareAnew(party: Party, first: Int32Array): Promise<Replicated> {
	const mark = party.arena.mark();
	const own = party.arena.words(first.length);
	copyInto(own, first);
	const made = await runReshare(party, { own });
	const result = { first: made.first.slice(), second: made.second.slice() };
	party.arena.release(mark);
	return result;
}

function differing(party: Party, other: PartyIndex): DataError {
	return new DataError(
		'galleries-differ',
		`the galleries of parties ${party.index} and ${other} are not of one state`,
		{
			hint: 'Another client may have changed them. Try again.',
		},
	);
}

function comparedWith(program: Exclude<GalleryProgram, UpkeepProgram>): number {
	return ('places' in program ? program.places?.length : undefined) ?? program.templates;
}

const NOTHING: OpenedShare = { words: new Int32Array(0) };

function guardAgreement(party: Party, program: Exclude<GalleryProgram, UpkeepProgram>, { state }: PartyGallery): void {
	if (state.templates !== program.templates) {
		throw new DataError(
			'templates-differ',
			`party ${party.index} holds ${state.templates} templates, the client speaks of ${program.templates}`,
			{ hint: 'A party that keeps no file and was started again has lost its templates: enroll them anew.' },
		);
	}
	if (program.digest !== undefined && program.digest !== state.digest) {
		throw new DataError('templates-differ', `party ${party.index} holds other templates than the client speaks of`, {
			hint: 'Another client may have changed the gallery. Try again.',
		});
	}
	const { model = PUBLIC_MODEL } = program;
	if (state.model !== null && state.model !== model) {
		throw new DataError('models-differ', `party ${party.index} holds templates of another recognition network`, {
			hint: 'Distances between descriptors of two networks mean nothing.',
		});
	}
}
