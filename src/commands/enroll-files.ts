import { DataError, UserError } from '../core/errors.js';
import { DESCRIPTOR_LENGTH } from '../core/face/fixed-match.js';
import { enrollOnParties, enrollPicture, type SharedFace } from '../services/client/gallery-on-parties.js';
import { modelOfQuestion } from '../services/client/recognition-on-parties.js';
import { MAX_TEMPLATES } from '../services/party/gallery-program.js';
import { readClientConfig } from '../services/party/party-config.js';
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

/** What was enrolled, and how many templates of the name, or of the numbered names, there are now. */
export interface Enrolled {
	readonly templates: number;
	readonly held: number;
}

/** Enrolls all files, in order. All are read before the first is enrolled; a failure afterwards says how far it came. */
export async function enrollFiles(
	name: string,
	files: readonly string[],
	options: EnrollOptions,
	context: CommandContext,
): Promise<Enrolled> {
	guardKinds(files, options);
	// before the time that looking for faces takes
	readClientConfig(options.parties);
	const faces = await facesOf(files, options, context);
	return await withGallery(options.parties, context, async (client, gallery) => {
		const total = faces.reduce((sum, face) => sum + templatesOf(face), 0);
		guardRoom(gallery.templates.length, total);
		const model = await modelOfQuestion(client, gallery, options.privateModel);
		const given = new Set([name]);
		let enrolled = 0;
		let told = 0;
		const tell = (more: number): void => {
			told = enrolled + more;
			context.reporter.progress({ phase: 'enroll', done: told, total });
		};
		try {
			tell(0);
			for (const face of faces) {
				const { known } = gallery;
				const rows = templatesOf(face);
				if (face.from === 'picture') {
					const origin = model === undefined ? face : { ...face, model };
					await enrollPicture(client, known, origin, await gallery.add(name));
				} else {
					const names = Array.from({ length: rows }, (_, row) => (options.numbered ? `${name}-${row + 1}` : name));
					for (const one of names) given.add(one);
					await enrollOnParties(client, known.templates, face.values, await gallery.addAll(names), tell);
				}
				enrolled += rows;
				tell(0);
			}
		} catch (error) {
			// the parties may hold what was under way, though their answer did not come
			const rest = 'the next may be, the others are not: `veilcam gallery list` tells';
			if (told > 0) context.reporter.note(`the first ${told} of ${total} templates are enrolled, ${rest}`);
			throw error;
		}
		return {
			templates: enrolled,
			held: gallery.templates.filter((template) => template.name !== null && given.has(template.name)).length,
		};
	});
}

/** Throws: UserError for options that none of the files has a use for. */
function guardKinds(files: readonly string[], { numbered, largest, box, privateModel }: EnrollOptions): void {
	if (numbered && !files.some(isDescriptors)) {
		throw new UserError('unused-option', '--numbered has no meaning without .npy files');
	}
	if (privateModel && files.some(isDescriptors)) {
		throw new UserError('unused-option', '--private-model has no meaning with a .npy file: its descriptors are made', {
			hint: 'With a private model give pictures, for the parties to describe.',
		});
	}
	if (!files.every(isDescriptors)) return;
	for (const [flag, isGiven] of Object.entries({ largest, box: box !== undefined })) {
		if (isGiven) throw new UserError('unused-option', `--${flag} has no meaning with .npy files alone`);
	}
}

function isDescriptors(file: string): boolean {
	return file.endsWith('.npy');
}

async function facesOf(
	files: readonly string[],
	options: EnrollOptions,
	{ reporter, abort }: CommandContext,
): Promise<readonly SharedFace[]> {
	const faceSearch = files.some((file) => !isDescriptors(file)) ? await openFaceSearch(options) : undefined;
	const faces: SharedFace[] = [];
	const tell = (): void => {
		if (files.length > 1) reporter.progress({ phase: 'look for faces', done: faces.length, total: files.length });
	};
	for (const file of files) {
		abort.signal.throwIfAborted();
		tell();
		if (faceSearch === undefined || isDescriptors(file)) faces.push({ values: await readDescriptors(file) });
		else faces.push(await subjectOf(file, faceSearch, options));
	}
	tell();
	return faces;
}

function templatesOf(face: SharedFace): number {
	return face.from === 'picture' ? 1 : face.values.length / DESCRIPTOR_LENGTH;
}

/** Throws: DataError `gallery-full`, before anything travels. */
export function guardRoom(held: number, more: number): void {
	if (held + more <= MAX_TEMPLATES) return;
	throw new DataError('gallery-full', `${more} templates are too many: the gallery holds ${held} of ${MAX_TEMPLATES}`, {
		hint: 'Remove some with `veilcam gallery remove NAME`, or enroll fewer.',
	});
}
