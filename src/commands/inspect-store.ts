import { DataError } from '../core/errors.js';
import { readFrontStore } from '../services/collector/front-store.js';
import { readStore } from '../services/collector/store.js';
import { readGallerySize } from '../services/party/gallery-file.js';
import { readShareStore } from '../services/shares/read-share-store.js';
import { readFrameIndex } from '../services/subtractor/frame-index.js';
import { applicationIdOf } from '../services/versioned-store.js';
import type { CommandResult } from './define-command.js';

/** A store by what it says it is: four letters. */
const READERS: Readonly<Record<string, (file: string) => CommandResult>> = {
	veil: inspectCollector,
	veir: inspectFront,
	veif: inspectFrames,
	veis: inspectShares,
	// galleries have no word of their own
	'\0\0\0\0': inspectGallery,
};

/** A SQLite file of veilcam, which its owner may be writing. Throws: DataError. */
export function inspectStore(file: string): CommandResult {
	const word = Buffer.alloc(4);
	word.writeUInt32BE(applicationIdOf(file));
	const read = READERS[word.toString('latin1')];
	if (read !== undefined) return read(file);
	throw new DataError('not-a-store', `${file}: a SQLite file, but not one of veilcam`, {
		hint: 'Name a store of collect, subtractor or party.',
	});
}

function inspectCollector(file: string): CommandResult {
	const { session, count, release } = readStore(file);
	const fields = { type: 'store', session, count, releasedCount: release?.count ?? 0 };
	const { name, width, height, channels, mechanism } = session;
	const shape = `${width}x${height} ${channels === 1 ? 'gray' : 'rgb'}`;
	return { fields, text: `${file}: store of session ${name}, ${shape}, ${mechanism.kind}, ${count} reports` };
}

function inspectFront(file: string): CommandResult {
	const front = readFrontStore(file);
	if (front === null) throw new DataError('not-a-store', `${file}: not the store of a session on shares`);
	const { session, released } = front;
	const [batches, count] = [released.batches.length, released.count];
	const text = `${file}: opened sums of session ${session.name} on shares, ${count} pictures in ${batches} batches`;
	return { fields: { type: 'shares-store', session, count, batches }, text };
}

function inspectFrames(file: string): CommandResult {
	const cameras = readFrameIndex(file);
	const frames = cameras.reduce((sum, { count }) => sum + count, 0);
	const bytes = cameras.reduce((sum, camera) => sum + camera.bytes, 0);
	const lines = cameras.map(({ camera, count }) => `  ${camera}: ${count}`);
	const head = `${file}: index of a subtractor, ${frames} encrypted frames of ${cameras.length} cameras, ${bytes} bytes`;
	return { fields: { type: 'frames-store', frames, bytes, cameras }, text: [head, ...lines].join('\n') };
}

function inspectShares(file: string): CommandResult {
	const sessions = readShareStore(file);
	const lines = sessions.map(({ name, waiting, batches }) => `  ${name}: ${waiting} pictures wait, ${batches} batches`);
	const head = `${file}: shares of one party, ${sessions.length} sessions`;
	return { fields: { type: 'party-shares-store', sessions }, text: [head, ...lines].join('\n') };
}

function inspectGallery(file: string): CommandResult {
	const { templates, queries } = readGallerySize(file);
	const text = `${file}: gallery of one party, ${templates} templates on shares, ${queries} questions asked`;
	return { fields: { type: 'gallery', templates, queries }, text };
}
