import { DataError, UserError } from '../core/errors.js';
import { alignFace } from '../core/face/align-face.js';
import type { FaceApi } from '../core/face/face-api.js';
import { facePixels } from '../core/face/face-pixels.js';
import { type FaceSearch, findFace } from '../core/face/find-face.js';
import { DESCRIPTOR_LENGTH, fixedDescriptor } from '../core/face/fixed-match.js';
import { toRgb } from '../core/image/colour.js';
import { readFileBytes, readImage } from '../core/image/files.js';
import type { Image } from '../core/image/image.js';
import { decodeNpy } from '../core/npy.js';
import type { SharedFace } from '../services/client/gallery-on-parties.js';

/** Who computes the descriptor, and whether with the weights that the parties keep. */
export interface SubjectOptions {
	readonly where: 'parties' | 'client';
	readonly privateModel: boolean;
}

/** Throws: UserError for a private model that stays with the client anyway. */
export function guardSubjectOptions({ where, privateModel }: SubjectOptions): void {
	if (!privateModel || where === 'parties') return;
	throw new UserError(
		'unused-option',
		'--private-model has no meaning with --where client: this machine has no private model, the parties have it',
	);
}

/** The face of a picture as it is shared. Throws: DataError of `readImage` and `findFace`. */
export async function subjectOf(
	path: string,
	search: { readonly api: FaceApi; readonly search: FaceSearch },
	options: SubjectOptions,
): Promise<SharedFace> {
	return await faceIn(toRgb(await readImage(path)), path, search, options);
}

/** The face of a picture in colours, called `name`. Throws: DataError of `findFace`. */
export async function faceIn(
	picture: Image,
	name: string,
	{ api, search }: { readonly api: FaceApi; readonly search: FaceSearch },
	options: Pick<SubjectOptions, 'where'>,
): Promise<SharedFace> {
	const aligned = await alignFace(picture, await findFace(api, picture, name, search));
	if (options.where === 'client') return { values: fixedDescriptor(await api.describe(aligned), name) };
	return { values: facePixels(aligned), from: 'picture' };
}

/** Descriptors of a `.npy` file, n x 128, as templates. Throws: DataError that names the file and the row. */
export async function readDescriptors(path: string): Promise<Int32Array> {
	const { values, shape } = decodeNpy(await readFileBytes(path, 'a .npy file'), path);
	const rows = shape.length === 1 ? 1 : shape[0];
	if (shape.at(-1) !== DESCRIPTOR_LENGTH || shape.length > 2 || rows < 1) {
		throw new DataError('bad-descriptor', `${path}: expected n x ${DESCRIPTOR_LENGTH}, got ${shape.join(' x ')}`, {
			hint: 'One descriptor of the recognition network per row.',
		});
	}
	const templates = new Int32Array(rows * DESCRIPTOR_LENGTH);
	for (let row = 0; row < rows; row++) {
		const at = row * DESCRIPTOR_LENGTH;
		templates.set(fixedDescriptor(values.subarray(at, at + DESCRIPTOR_LENGTH), `${path}: row ${row + 1}`), at);
	}
	return templates;
}
