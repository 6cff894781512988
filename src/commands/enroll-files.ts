import { DataError, UserError } from '../core/errors.js';
import { DESCRIPTOR_LENGTH } from '../core/face/fixed-match.js';
import type { FaceGallery } from '../services/client/face-gallery.js';
import { enrollOnParties, enrollPicture, type SharedFace } from '../services/client/gallery-on-parties.js';
import type { NamedTemplate } from '../services/client/names-file.js';
import { modelOfQuestion } from '../services/client/recognition-on-parties.js';
import type { PartiesClient } from '../services/client/run-on-parties.js';
import { MAX_TEMPLATES } from '../services/party/gallery-program.js';
import { readClientConfig } from '../services/party/party-config.js';
import type { CommandContext } from './define-command.js';
import { openFaceSearch } from './face-options.js';
import { readDescriptors, type SubjectOptions, subjectOf } from './face-subject.js';
import { changeGallery, isOvertaken } from './gallery-options.js';

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
	/** Of the numbered names, NAME-first to NAME-last. */
	readonly numbers?: { readonly first: number; readonly last: number };
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
	const total = faces.reduce((sum, face) => sum + templatesOf(face), 0);
	let behind: number | undefined;
	let enrolled = 0;
	const tell = (): void => context.reporter.progress({ phase: 'enroll', done: enrolled, total });
	try {
		return await changeGallery(options.parties, context, async (client, gallery, onward) => {
			guardRoom(gallery.templates.length, total - enrolled);
			const model = await modelOfQuestion(client, gallery, options.privateModel);
			if (options.numbered) behind ??= highestNumber(name, gallery.templates);
			const batches = named(faces, name, behind);
			if (enrolled === 0) tell();
			let before = 0;
			for (const batch of batches) {
				const start = Math.max(0, enrolled - before);
				before += batch.names.length;
				await enrollBatch(client, gallery, { ...batch, model }, start, (count) => {
					enrolled += count;
					onward();
					tell();
				});
			}
			const given = new Set(batches.flatMap(({ names }) => names));
			const held = gallery.templates.filter((template) => template.name !== null && given.has(template.name)).length;
			if (behind === undefined) return { templates: enrolled, held };
			const rows = faces.reduce((sum, face) => sum + (face.from === 'picture' ? 0 : templatesOf(face)), 0);
			return { templates: enrolled, held, numbers: { first: behind + 1, last: behind + rows } };
		});
	} catch (error) {
		// the parties may hold what was under way, though their answer did not come
		const rest = 'the next may be, the others are not: `veilcam gallery list` tells';
		if (enrolled > 0) context.reporter.note(`the first ${enrolled} of ${total} templates are enrolled, ${rest}`);
		throw error;
	}
}

/** What is enrolled of one file, and the name of each template. */
interface Batch {
	readonly face: SharedFace;
	readonly names: readonly string[];
}

/** Numbers of rows go on from file to file, behind `last`; without it the name is that of all. */
function named(faces: readonly SharedFace[], name: string, last: number | undefined): readonly Batch[] {
	let number = last ?? 0;
	return faces.map((face) => ({
		face,
		names: Array.from({ length: templatesOf(face) }, () =>
			last === undefined || face.from === 'picture' ? name : `${name}-${++number}`,
		),
	}));
}

/** The highest N of a NAME-N that is there; 0 without any. */
export function highestNumber(name: string, templates: readonly NamedTemplate[]): number {
	return templates.reduce((highest, { name: given }) => {
		if (given === null || !given.startsWith(`${name}-`)) return highest;
		const digits = given.slice(name.length + 1);
		return /^[1-9]\d{0,14}$/.test(digits) ? Math.max(highest, Number(digits)) : highest;
	}, 0);
}

/** Enrolls a batch from its template `start` on; `onEnrolled` hears how many more are. */
async function enrollBatch(
	client: PartiesClient,
	gallery: FaceGallery,
	{ face, names, model }: Batch & { readonly model: string | undefined },
	start: number,
	onEnrolled: (count: number) => void,
): Promise<void> {
	if (start >= names.length) return;
	const { known } = gallery;
	const ids = await gallery.addAll(names.slice(start));
	let done = 0;
	const onDone = (count: number): void => {
		onEnrolled(count - done);
		done = count;
	};
	try {
		if (face.from === 'picture') {
			await enrollPicture(client, known, model === undefined ? face : { ...face, model }, ids[0]);
			onDone(1);
		} else {
			await enrollOnParties(client, known.templates, face.values.subarray(start * DESCRIPTOR_LENGTH), ids, onDone);
		}
	} catch (error) {
		if (isOvertaken(error)) await gallery.takeBack(ids.slice(done));
		throw error;
	}
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
