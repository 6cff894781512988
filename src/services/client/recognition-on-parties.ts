import { DataError } from '../../core/errors.js';
import { PUBLIC_MODEL } from '../party/gallery-file.js';
import type { FaceGallery } from './face-gallery.js';
import { type ListedModel, listModels } from './models-on-parties.js';
import type { PartiesClient } from './run-on-parties.js';

/** The recognition network that any of the parties keeps. */
export async function findRecognition(client: PartiesClient): Promise<ListedModel | undefined> {
	return (await listModels(client)).find(({ kind }) => kind === 'recognition');
}

/** The id of the recognition network that all three parties keep on shares. Throws: DataError `no-such-model`. */
export async function keptRecognition(client: PartiesClient): Promise<string> {
	const model = await findRecognition(client);
	if (model?.parties === 3) return model.id;
	throw model === undefined
		? new DataError('no-such-model', 'the parties keep no recognition network', {
				hint: 'Whoever owns one shares it once: veilcam model share recognition',
			})
		: new DataError('no-such-model', `only ${model.parties} of 3 parties keep the recognition network ${model.id}`, {
				hint: 'Its owner shares it again, after veilcam model remove recognition.',
			});
}

/**
 * The network of a question to a gallery, or of an enrolment: an id, or nothing for the public one.
 * Throws: DataError `models-differ` where the templates were made with another one, `no-such-model`.
 */
export async function modelOfQuestion(
	client: PartiesClient,
	{ model: made }: Pick<FaceGallery, 'model'>,
	isPrivate: boolean,
): Promise<string | undefined> {
	const differ = (message: string, hint: string): DataError => new DataError('models-differ', message, { hint });
	if (!isPrivate) {
		if (made === null || made === PUBLIC_MODEL) return undefined;
		throw differ(
			'the templates were made with a private recognition network, and you ask for the public one',
			'Give --private-model, and let the parties compute.',
		);
	}
	if (made === PUBLIC_MODEL) {
		throw differ(
			'the templates were made with the public recognition network, and you ask for a private one',
			'Leave out --private-model; or remove everybody (`veilcam gallery remove NAME`, `--nameless`), and enroll anew.',
		);
	}
	const kept = await keptRecognition(client);
	if (made === null || made === kept) return kept;
	throw differ(
		`the templates were made with the recognition network ${made}, and the parties keep another one, ${kept}`,
		'Distances between two networks mean nothing: remove everybody, and enroll anew.',
	);
}
