import { openSized, writeChunks } from '../vct-files.js';
import { checkedRecords, pieceReader, withChecksum } from '../vct-stream.js';
import {
	decodeMotionHeader,
	encodeMotionHeader,
	MOTION_HEADER_BYTES,
	type MotionHeader,
	motionBytes,
	recordLengths,
} from './header.js';
import type { MotionPlan } from './parameters.js';

/** A file for motion scores on its way: its header is read, its records are not. */
export interface MotionStream {
	readonly name: string;
	readonly header: MotionHeader;
	readonly plan: MotionPlan;
	/** The records in order, once; what is made from them does not stand before the iteration has ended. Throws: DataError. */
	records(): AsyncGenerator<Uint8Array>;
	/** Ends the source, wherever it stands. */
	close(): Promise<void>;
}

/** Reads the header. Throws: DataError of `decodeMotionHeader`. */
export async function openMotion(source: AsyncIterable<Uint8Array>, name: string): Promise<MotionStream> {
	const pieces = pieceReader(source);
	try {
		const { plan, ...header } = decodeMotionHeader(await pieces.take(MOTION_HEADER_BYTES), name);
		const lengths = recordLengths(header.kind, plan);
		const records = (): AsyncGenerator<Uint8Array> => checkedRecords(pieces, name, MOTION_HEADER_BYTES, lengths);
		return { name, header, plan, records, close: pieces.close };
	} catch (error) {
		await pieces.close();
		throw error;
	}
}

/** Opens a file; its length is compared with its header's before anything else is read. Throws: DataError. */
export async function openMotionFile(path: string): Promise<MotionStream> {
	return await openSized(path, path, openMotion, ({ header, plan }) => motionBytes(header.kind, plan));
}

/** The bytes of a file with these records. */
export function writeMotion(
	header: MotionHeader,
	records: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
): AsyncGenerator<Uint8Array> {
	return withChecksum(encodeMotionHeader(header), records);
}

/** Writes a file that is there when its records have all come. Throws: what the records throw; DataError of `writeChunks`. */
export async function writeMotionFile(
	path: string,
	header: MotionHeader,
	records: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
	options: { readonly exclusive: boolean },
): Promise<void> {
	await writeChunks(path, writeMotion(header, records), options);
}
