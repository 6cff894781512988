import { createReadStream, createWriteStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { pipeline } from 'node:stream/promises';
import { DataError } from '../errors.js';
import { fileError } from '../image/file-errors.js';
import { replaceFile } from '../replace-file.js';
import { truncated, type VctHeader, vctBytes } from './vct-header.js';
import { openVct, type VctStream, writeVct } from './vct-stream.js';

/** A read of the file brings a few records. */
const READ_BYTES = 256 * 1024;

/**
 * Opens a `.vct` file; messages call it `name`. Its length is compared with its header's before anything else of it is read.
 * Throws: DataError of `openVct`, or for a file that cannot be read.
 */
export async function openVctFile(path: string, name = path): Promise<VctStream> {
	return await openSized(path, name, openVct, ({ header }) => vctBytes(header));
}

/**
 * Opens a file whose header says how long it is, and compares that with its length before anything else is read.
 * Throws: what `open` throws; DataError for a file that cannot be read, or is too short.
 */
export async function openSized<S extends { close(): Promise<void> }>(
	path: string,
	name: string,
	open: (chunks: AsyncGenerator<Uint8Array>, name: string) => Promise<S>,
	bytesOf: (stream: S) => number,
): Promise<S> {
	let size: number;
	try {
		const status = await stat(path);
		if (!status.isFile()) throw new DataError('not-a-file', `${name}: is no file`, { hint: 'name a file' });
		size = status.size;
	} catch (error) {
		throw unreadable(error, name);
	}
	const stream = await open(fileChunks(path, name), name);
	const expected = bytesOf(stream);
	if (size >= expected) return stream;
	await stream.close();
	throw truncated(name, size, expected);
}

async function* fileChunks(path: string, name: string): AsyncGenerator<Uint8Array> {
	const file = createReadStream(path, { highWaterMark: READ_BYTES });
	try {
		for await (const chunk of file) yield chunk;
	} catch (error) {
		throw unreadable(error, name);
	} finally {
		file.destroy();
	}
}

function unreadable(error: unknown, path: string): DataError {
	return fileError(error, path, 'unreadable-file', 'cannot be read', 'check its permissions and the disk');
}

/**
 * Writes a `.vct` file as its records come; it is there when they have all come, and not before.
 * Throws: what the records throw; DataError `file-exists` (exclusive), `unwritable-file`, `missing-folder`.
 */
export async function writeVctFile(
	path: string,
	header: VctHeader,
	records: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
	options: { readonly exclusive: boolean },
): Promise<{ readonly bytes: number }> {
	await writeChunks(path, writeVct(header, records), options);
	return { bytes: vctBytes(header) };
}

/**
 * Writes chunks as they come into a file that is there when they have all come, and not before.
 * Throws: what the chunks throw; DataError `file-exists` (exclusive), `unwritable-file`, `missing-folder`.
 */
export async function writeChunks(
	path: string,
	chunks: AsyncIterable<Uint8Array>,
	options: { readonly exclusive: boolean },
): Promise<void> {
	try {
		await replaceFile(path, options.exclusive, (temporary) =>
			pipeline(chunks, createWriteStream(temporary, { highWaterMark: READ_BYTES })),
		);
	} catch (error) {
		if (!(error instanceof Error && 'code' in error && 'syscall' in error)) throw error;
		throw fileError(error, path, 'unwritable-file', 'cannot be written', 'check its folder and the free space');
	}
}
