import { DataError } from '../../core/errors.js';
import { DISTANCE_SIGN } from '../../core/face/fixed-match.js';
import type { Party } from '../../core/mpc/party.js';
import { RING_32 } from '../../core/mpc/ring.js';
import type { Replicated } from '../../core/mpc/shares.js';
import { runBestMatch } from '../../core/mpc/steps/best-match.js';
import { runMatchBits } from '../../core/mpc/steps/match-bits.js';
import { openBitsToClient } from '../../core/mpc/steps/open-bits.js';
import type { OpenedShare } from '../../core/mpc/steps/open-to-client.js';
import { squaredNorms } from '../../core/mpc/steps/squared-norms.js';
import type { TemplateTable } from '../../core/mpc/template-table.js';
import { type GalleryProgram, galleryInputCount, planGalleryArena } from './gallery-program.js';
import type { JobWork } from './job-work.js';

/** A program on the templates that the parties hold. */
export function galleryWork(program: GalleryProgram): JobWork {
	return {
		name: program.kind,
		inputCount: galleryInputCount(program),
		weightCount: 0,
		ring: RING_32,
		arenaBytes: planGalleryArena(program),
		run: (party, input, { templates }) => runGallery(party, program, input, templates),
	};
}

/**
 * Runs a program on the templates of this party, and gives what it sends to the client: nothing for an enrolment, whose
 * squared norms the parties work out themselves, for a client could lie about them.
 * Throws: DataError when the party holds another number of templates than the program says.
 */
async function runGallery(
	party: Party,
	program: GalleryProgram,
	input: Replicated,
	templates: TemplateTable,
): Promise<OpenedShare> {
	if (templates.count !== program.templates) {
		throw new DataError(
			'templates-differ',
			`party ${party.index} holds ${templates.count} templates, the client speaks of ${program.templates}`,
			{ hint: 'A party that was started again has lost its templates: enroll them anew.' },
		);
	}
	switch (program.kind) {
		case 'enroll':
			await templates.append(input, squaredNorms(party, input, program.count).own);
			return { words: new Int32Array(0) };
		case 'matches': {
			const bits = await runMatchBits(party, input, templates, { ...program, sign: DISTANCE_SIGN });
			return openBitsToClient(party, [bits], program.templates);
		}
		case 'best':
			return openBitsToClient(
				party,
				await runBestMatch(party, input, templates, { ...program, sign: DISTANCE_SIGN }),
				1,
			);
	}
}
