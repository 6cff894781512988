import { encodeMotionHeader } from '../../core/subtract/motion/header.js';
import { motionPairBytes, writeMotionPair } from '../../core/subtract/motion/pair.js';
import { scoreHeader } from '../../core/subtract/motion/score.js';
import { type MotionStream, openMotion } from '../../core/subtract/motion/stream.js';
import type { Connection } from './connection.js';
import { otherDifference, refusalOf } from './subtract-remote.js';

/**
 * Lets a subtractor score A against B. Its answer has the header of what was asked for; nothing proves what is behind it.
 * Throws: DataError of `scoreHeader` before anything is sent, and for an answer that is of other frames or damaged;
 * PeerError, PolicyError of the connection, and for what the server refuses.
 */
export async function scoreRemotely(connection: Connection, a: MotionStream, b: MotionStream): Promise<MotionStream> {
	try {
		const expected = scoreHeader(a, b);
		const body = { bytes: motionPairBytes(a.plan), pieces: writeMotionPair(a, b) };
		const answer = await connection.exchange('POST', '/v1/scores', body);
		if (answer.status !== 200) throw await refusalOf(answer, connection.url);
		const stream = await openMotion(answer.body, `the answer of ${connection.url}`);
		if (Buffer.compare(encodeMotionHeader(stream.header), encodeMotionHeader(expected)) === 0) return stream;
		await stream.close();
		throw otherDifference(connection.url);
	} catch (error) {
		await Promise.all([a.close(), b.close()]);
		throw error;
	}
}
