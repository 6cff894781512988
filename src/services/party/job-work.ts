import type { Party } from '../../core/mpc/party.js';
import type { Ring } from '../../core/mpc/ring.js';
import type { Replicated } from '../../core/mpc/shares.js';
import type { OpenedShare } from '../../core/mpc/steps/open-to-client.js';
import type { FaceModel } from './face-model.js';
import { decodeGalleryProgram } from './gallery-program.js';
import { galleryWork } from './gallery-work.js';
import type { JobUpload } from './job-wire.js';
import { decodeModelProgram } from './model-program.js';
import type { ModelStore } from './model-store.js';
import { modelWork } from './model-work.js';
import { networkWork } from './network-work.js';
import type { PartyGallery } from './party-gallery.js';

/** What the program of a job wants of a party, known before it runs. */
export interface JobWork {
	/** For status and log. */
	readonly name: string;
	/** Numbers that the client shares as the input, and as weights or gives in the clear. */
	readonly inputCount: number;
	readonly weightCount: number;
	readonly ring: Ring;
	/** Memory of the party for it. */
	readonly arenaBytes: number;
	/** The input is in the arena, its components compared. Throws: PeerError when a party fails. */
	run(party: Party, input: Replicated, own: JobOwn): Promise<OpenedShare>;
}

/** What a job finds at a party besides its input. */
export interface JobOwn {
	readonly weights: JobUpload['weights'];
	readonly models: ModelStore;
	readonly gallery: PartyGallery;
	/** Whose job it is: the label of its token. */
	readonly client: string;
}

/** Throws: DataError for a program of no kind that a party knows, or one that is too large for it. */
export function readWork(program: string, face: () => FaceModel): JobWork {
	const gallery = decodeGalleryProgram(program);
	if (gallery !== undefined) return galleryWork(gallery, face);
	const model = decodeModelProgram(program);
	return model === undefined ? networkWork(program) : modelWork(model, face);
}
