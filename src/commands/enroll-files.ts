import { DataError } from '../core/errors.js';
import { DESCRIPTOR_LENGTH } from '../core/face/fixed-match.js';
import { enrollOnParties, enrollPicture, type SharedFace } from '../services/client/gallery-on-parties.js';
import { MAX_TEMPLATES } from '../services/party/gallery-program.js';
import type { CommandContext } from './define-command.js';
import { openFaceSearch } from './face-options.js';
import { readDescriptors, type SubjectOptions, subjectOf } from './face-subject.js';
import { withGallery } from './gallery-options.js';

interface EnrollOptions extends SubjectOptions {
	readonly parties: string;
	readonly largest: boolean;
	readonly box: string | undefined;
	readonly detector: 'ssd' | 'tiny';
	readonly numbered: boolean;
}

/** Enrolls all files, in order, and gives how many templates they made. All are read before the first is enrolled. */
export async function enrollFiles(
	name: string,
	files: readonly string[],
	options: EnrollOptions,
	context: CommandContext,
): Promise<number> {
	const pictures = files.filter((file) => !file.endsWith('.npy'));
	const faceSearch = pictures.length > 0 ? await openFaceSearch(options) : undefined;
	const faces: SharedFace[] = [];
	for (const file of files) {
		if (faceSearch === undefined || file.endsWith('.npy')) faces.push({ values: await readDescriptors(file) });
		else faces.push(await subjectOf(file, faceSearch, options));
	}
	return await withGallery(options.parties, context, async (client, gallery) => {
		const total = faces.reduce((sum, face) => sum + templatesOf(face), 0);
		guardRoom(gallery.templates.length, total);
		let enrolled = 0;
		const tell = (more: number): void => context.reporter.progress({ phase: 'enroll', done: enrolled + more, total });
		for (const face of faces) {
			tell(0);
			const { known } = gallery;
			const rows = templatesOf(face);
			if (face.from === 'picture') await enrollPicture(client, known, face, await gallery.add(name));
			else {
				const names = Array.from({ length: rows }, (_, row) => (options.numbered ? `${name}-${row + 1}` : name));
				await enrollOnParties(client, known.templates, face.values, await gallery.addAll(names), tell);
			}
			enrolled += rows;
		}
		return enrolled;
	});
}

function templatesOf(face: SharedFace): number {
	return face.from === 'picture' ? 1 : face.values.length / DESCRIPTOR_LENGTH;
}

/** Throws: DataError `gallery-full`, before anything travels. */
function guardRoom(held: number, more: number): void {
	if (held + more <= MAX_TEMPLATES) return;
	throw new DataError('gallery-full', `${more} templates are too many: the gallery holds ${held} of ${MAX_TEMPLATES}`, {
		hint: 'Remove some with `veilcam gallery remove NAME`, or enroll fewer.',
	});
}
