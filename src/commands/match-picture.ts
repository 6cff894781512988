import { DataError } from '../core/errors.js';
import { bestAt, distancesAt, matchAt } from '../services/client/gallery-on-parties.js';
import { modelOfQuestion } from '../services/client/recognition-on-parties.js';
import { readClientConfig } from '../services/party/party-config.js';
import type { CommandContext } from './define-command.js';
import { openFaceSearch } from './face-options.js';
import { type SubjectOptions, subjectOf } from './face-subject.js';
import { askGallery } from './gallery-options.js';

interface MatchOptions extends SubjectOptions {
	readonly parties: string;
	readonly largest: boolean;
	readonly box: string | undefined;
	readonly detector: 'ssd' | 'tiny';
	readonly as: string | undefined;
	readonly threshold: number;
	readonly open: 'bit' | 'distance';
}

/** The answer, and what it cost. */
export interface Matched {
	readonly match: boolean;
	/** Null where nobody matches, or another client knows the name. */
	readonly name: string | null;
	readonly distance?: number;
	readonly ms: number;
	readonly protocolMs: number;
	readonly bytesSent: readonly number[];
	readonly rounds: number;
}

/** Asks about one picture. Throws: DataError `empty-gallery`, `not-enrolled`, and of the picture; PeerError. */
export async function matchPicture(picture: string, options: MatchOptions, context: CommandContext): Promise<Matched> {
	// before the time that looking for a face takes
	readClientConfig(options.parties);
	const subject = await subjectOf(picture, await openFaceSearch(options), options);
	return await askGallery(options.parties, context, async (client, gallery) => {
		const { known, templates } = gallery;
		if (templates.length === 0) {
			throw new DataError('empty-gallery', 'nobody is enrolled', { hint: '`veilcam enroll NAME PICTURE` enrolls.' });
		}
		const model = await modelOfQuestion(client, gallery, options.privateModel);
		const face = model === undefined ? subject : { ...subject, model };
		if (options.as === undefined) {
			const { place, ...counts } = await bestAt(client, known, face, options.threshold);
			const name = place === undefined ? null : templates[place].name;
			return { match: place !== undefined, name, ...counts };
		}
		const places = gallery.placesOf(options.as);
		if (options.open === 'distance') {
			const { distances, ...counts } = await distancesAt(client, known, face, places);
			const distance = distances.reduce((least, one) => Math.min(least, one));
			const isMatch = distance < options.threshold;
			return { match: isMatch, name: isMatch ? options.as : null, distance, ...counts };
		}
		const { matches, ...counts } = await matchAt(client, known, face, { places, threshold: options.threshold });
		const isMatch = matches.includes(1);
		return { match: isMatch, name: isMatch ? options.as : null, ...counts };
	});
}
