import { type FaceGallery, openFaceGallery } from '../services/client/face-gallery.js';
import type { PartiesClient } from '../services/client/run-on-parties.js';
import type { CommandContext } from './define-command.js';
import { withParties } from './on-parties.js';

/** Works with the gallery of the parties of a folder. */
export async function withGallery<Result>(
	folder: string,
	context: CommandContext,
	work: (client: PartiesClient, gallery: FaceGallery) => Promise<Result>,
): Promise<Result> {
	return await withParties(folder, context, async (client) => {
		return await work(client, await openFaceGallery(client, folder, (line) => context.reporter.note(line)));
	});
}
