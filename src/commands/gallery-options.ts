import { PeerError, VeilcamError } from '../core/errors.js';
import { type FaceGallery, openFaceGallery } from '../services/client/face-gallery.js';
import { namesFile } from '../services/client/names-file.js';
import { holdNames, tryHoldNames } from '../services/client/names-lock.js';
import type { PartiesClient } from '../services/client/run-on-parties.js';
import { readClientConfig } from '../services/party/party-config.js';
import type { CommandContext } from './define-command.js';
import { withParties } from './on-parties.js';

/** Each time another client was faster, without anything having been done. */
const MAX_TRIES = 10;

/** Of work that may have to begin again: what it has done so far stays done, and it is given as many tries anew. */
type Onward = () => void;

/**
 * Works with the gallery of the parties of a folder. Where another client changes the gallery meanwhile, so that the
 * parties refuse, the work is called again with the gallery as it is then.
 * Throws: PeerError `gallery-busy` when others are faster each time, and what the work throws.
 */
export async function askGallery<Result>(
	folder: string,
	context: CommandContext,
	work: (client: PartiesClient, gallery: FaceGallery, onward: Onward) => Promise<Result>,
): Promise<Result> {
	return await withParties(folder, context, (client) => persevere(work, client, () => glance(client, folder, context)));
}

/** The same for work that changes names: no other veilcam does on this machine until it has ended. */
export async function changeGallery<Result>(
	folder: string,
	context: CommandContext,
	work: (client: PartiesClient, gallery: FaceGallery, onward: Onward) => Promise<Result>,
): Promise<Result> {
	// a folder that is not there is named so
	readClientConfig(folder);
	const { note } = context.reporter;
	// before the connections, which parties close when they rest
	const release = await holdNames(namesFile(folder), { signal: context.abort.signal, note });
	try {
		return await withParties(folder, context, (client) =>
			persevere(work, client, () => openFaceGallery(client, folder, note)),
		);
	} finally {
		release();
	}
}

/** Whether another client has changed the gallery since it was read. */
export function isOvertaken(error: unknown): error is VeilcamError {
	return error instanceof VeilcamError && error.code === 'templates-differ';
}

async function persevere<Result>(
	work: (client: PartiesClient, gallery: FaceGallery, onward: Onward) => Promise<Result>,
	client: PartiesClient,
	open: () => Promise<FaceGallery>,
): Promise<Result> {
	let tries = 0;
	for (;;) {
		const gallery = await open();
		try {
			return await work(client, gallery, () => {
				tries = 0;
			});
		} catch (error) {
			if (!isOvertaken(error)) throw error;
			tries++;
			if (tries < MAX_TRIES) continue;
			const message = `other clients have changed the gallery ${MAX_TRIES} times meanwhile; the last time ${error.message}`;
			throw new PeerError('gallery-busy', message, { hint: 'Try again when they have ended.', cause: error });
		}
	}
}

/** Names are brought up to date in their file where nobody else is changing them, in memory alone otherwise. */
async function glance(client: PartiesClient, folder: string, { reporter }: CommandContext): Promise<FaceGallery> {
	const release = tryHoldNames(namesFile(folder));
	try {
		return await openFaceGallery(client, folder, reporter.note, release !== undefined);
	} finally {
		release?.();
	}
}
