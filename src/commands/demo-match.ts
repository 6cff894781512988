import { join } from 'node:path';
import { openFaceApi } from '../core/face/face-api.js';
import { readImage, writeImage } from '../core/image/files.js';
import { resize } from '../core/image/geometry.js';
import type { Image } from '../core/image/image.js';
import { sideBySide } from '../core/image/side-by-side.js';
import { packagePath } from '../core/package-root.js';
import { openFaceGallery } from '../services/client/face-gallery.js';
import { bestAt, enrollPicture } from '../services/client/gallery-on-parties.js';
import type { CommandContext } from './define-command.js';
import type { DemoWorld } from './demo-parties.js';
import { faceIn } from './face-subject.js';

/** That of `match`. */
const THRESHOLD = 0.6;

export interface DemoMatch {
	readonly files: readonly string[];
	/** Who was found on another picture of an enrolled person, and on one of a stranger. */
	readonly found: string | null;
	readonly stranger: string | null;
	/** Of the slower question, from the first share sent to the opened answer. */
	readonly ms: number;
}

/** Two people are enrolled with three parties that see neither, and two faces asked about. */
export async function demoMatch(
	folder: string,
	{ client, partiesFolder }: DemoWorld,
	context: CommandContext,
): Promise<DemoMatch> {
	const api = await openFaceApi();
	const share = (picture: Image) => faceIn(picture, 'a picture of the demo', { api, search: SEARCH }, SHARED);
	const [eileen, other, stranger] = await Promise.all(['face-01.jpg', 'face-05.jpg', 'face-13.jpg'].map(read));
	const gallery = await openFaceGallery(client, partiesFolder, () => {});
	for (const [name, picture] of [
		['eileen', eileen],
		['somebody else', other],
	] as const) {
		const face = await share(picture);
		const { known } = gallery;
		await enrollPicture(client, known, face, await gallery.add(name));
	}
	context.reporter.note('two people are enrolled; the parties hold shares of their faces, and no names');
	const asked = await changed(eileen);
	const ask = async (picture: Image) => {
		const { place, ms } = await bestAt(client, gallery.known, await share(picture), THRESHOLD);
		return { name: place === undefined ? null : gallery.templates[place].name, ms };
	};
	const [first, second] = [await ask(asked), await ask(stranger)];
	const file = join(folder, 'enrolled-asked-and-a-stranger.png');
	await writeImage(file, sideBySide([eileen, asked, stranger], 4));
	return { files: [file], found: first.name, stranger: second.name, ms: Math.max(first.ms, second.ms) };
}

const SEARCH = { detector: 'ssd', largest: false } as const;
const SHARED = { where: 'parties', privateModel: false } as const;

function read(name: string): Promise<Image> {
	return readImage(packagePath('fixtures', 'pictures', name), { channels: 3 });
}

/** The same face in more light and from farther away: another picture of a person is not the same samples. */
async function changed(picture: Image): Promise<Image> {
	const small = await resize(picture, { width: 240, height: 180 });
	return { ...small, samples: small.samples.map((sample) => Math.min(255, 1.25 * sample)) };
}
