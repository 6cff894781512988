import { recordPairs } from '../difference.js';
import { readInTurns, writeInTurns } from '../vct-pair.js';
import { decodeMotionHeader, encodeMotionHeader, MOTION_HEADER_BYTES, motionBytes, recordLengths } from './header.js';
import type { MotionPlan } from './parameters.js';
import { type MotionStream, openMotion } from './stream.js';

/** Two frames for motion on one connection, in turns, as those for subtraction go. */
export function writeMotionPair(a: MotionStream, b: MotionStream): AsyncGenerator<Uint8Array> {
	return writeInTurns([encodeMotionHeader(a.header), encodeMotionHeader(b.header)], recordPairs(a, b));
}

/** Length of two frames of this plan, in turns. */
export function motionPairBytes(plan: MotionPlan): number {
	return 2 * motionBytes('frame', plan);
}

/** Takes a pair apart. The two have to be read in turns, as they come. Throws: DataError of `openMotion`. */
export async function readMotionPair(
	source: AsyncIterable<Uint8Array>,
	names: readonly [string, string],
): Promise<[MotionStream, MotionStream]> {
	return await readInTurns(source, names, {
		headerBytes: MOTION_HEADER_BYTES,
		lengthsOf(head) {
			const { kind, plan } = decodeMotionHeader(head, 'header');
			return recordLengths(kind, plan);
		},
		open: openMotion,
	});
}
