import { type FaceGallery, openFaceGallery } from '../services/client/face-gallery.js';
import { openParties, type PartiesClient } from '../services/client/run-on-parties.js';
import { readClientConfig } from '../services/party/party-config.js';
import type { CommandContext } from './define-command.js';

/** Works with the gallery of the parties of a folder. */
export async function withGallery<Result>(
	folder: string,
	context: CommandContext,
	work: (client: PartiesClient, gallery: FaceGallery) => Promise<Result>,
): Promise<Result> {
	const { random, nowMs, abort, reporter } = context;
	const client = await openParties(readClientConfig(folder), { random, nowMs, signal: abort.signal });
	try {
		return await work(client, await openFaceGallery(client, folder, (line) => reporter.note(line)));
	} finally {
		client.close();
	}
}
