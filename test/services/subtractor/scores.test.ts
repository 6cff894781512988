import test from 'ava';
import { decryptScores, encryptForMotion } from '../../../src/core/subtract/motion/owner.js';
import { writeMotionPair } from '../../../src/core/subtract/motion/pair.js';
import { scoreStreams } from '../../../src/core/subtract/motion/score.js';
import { openMotion, writeMotion } from '../../../src/core/subtract/motion/stream.js';
import { openConnection } from '../../../src/services/client/connection.js';
import { scoreRemotely } from '../../../src/services/client/score-remote.js';
import { seededRandom } from '../../core/average/keystream.js';
import { inOnePiece, noise } from '../../core/subtract/small-vct.js';
import { send } from '../../helpers/http.js';
import { seededBytes } from '../../helpers/seeded-bytes.js';
import { startLiar, startTestSubtractor } from '../../helpers/subtractor.js';

const KEY = { fingerprint: seededBytes(70, 16), secret: seededBytes(71, 32_768) };
const OCTETS = { 'content-type': 'application/octet-stream' };
const images = [noise(1, 40, 30, 3), noise(2, 40, 30, 3), noise(3, 40, 30, 3)];

async function gather(chunks: AsyncIterable<Uint8Array>): Promise<Uint8Array> {
	const pieces: Uint8Array[] = [];
	for await (const chunk of chunks) pieces.push(chunk);
	return new Uint8Array(Buffer.concat(pieces));
}

async function frame(which: number, side = 8): Promise<Uint8Array> {
	const block = { width: side, height: side };
	const { header, records } = encryptForMotion(images[which], block, KEY, seededRandom(200 + which), 'x');
	return await gather(writeMotion(header, records));
}

const open = (bytes: Uint8Array, name = 'x') => openMotion(inOnePiece(bytes), name);
const connect = (url: string) => openConnection({ url, concurrency: 1, signal: AbortSignal.timeout(60_000) });

async function pairOf(a: Uint8Array, b: Uint8Array): Promise<Uint8Array> {
	return await gather(writeMotionPair(await open(a), await open(b)));
}

test('a subtractor scores two frames as this machine does, and the owner reads it', async (t) => {
	const [a, b] = [await frame(0), await frame(1)];
	const { url, subtractor } = await startTestSubtractor(t);
	const connection = await connect(url);
	const remote = await decryptScores(await scoreRemotely(connection, await open(a), await open(b)), KEY);
	connection.close();
	const { header, records } = await scoreStreams(await open(a), await open(b));
	const here = await decryptScores(await open(await gather(writeMotion(header, records))), KEY);
	t.deepEqual(remote, here);
	t.true(here.scores.every((score) => score > 0));
	t.like(subtractor.snapshot(), { scores: 1, differences: 0 });
	const metrics = (await send(url, 'GET', '/metrics')).body.toString();
	t.regex(metrics, /^veilcam_subtractor_scores_total 1$/m);
	t.regex(metrics, /^veilcam_subtractor_scores_at_work 0$/m);
	t.regex(metrics, /^veilcam_subtractor_score_p99_seconds \d+\.\d*[1-9]/m);
});

test('what is no pair of frames is refused with a sentence, and the subtractor goes on', async (t) => {
	const [a, b] = [await frame(0), await frame(1)];
	const { url } = await startTestSubtractor(t);
	const pair = await pairOf(a, b);
	const flipped = pair.slice();
	flipped[2 * 104 + 7] = 0xff;
	const cases: Readonly<Record<string, readonly [Uint8Array, number]>> = {
		'other-blocks': [Buffer.concat([a.subarray(0, 104), (await frame(1, 10)).subarray(0, 104)]), 422],
		'wrong-length': [pair.subarray(0, -1), 422],
		'not-for-motion': [seededBytes(9, 1000), 422],
		'out-of-range': [flipped, 422],
	};
	for (const [code, [body, status]] of Object.entries(cases)) {
		const answer = await send(url, 'POST', '/v1/scores', { body, headers: OCTETS });
		t.is(answer.status, status, code);
		if (code !== 'other-blocks') t.is(JSON.parse(answer.body.toString()).error, code);
	}
	t.is((await send(url, 'POST', '/v1/scores', { body: pair, headers: OCTETS })).status, 200);
});

test('a server that answers with the score of other frames is found by its header', async (t) => {
	const [a, b, c] = [await frame(0), await frame(1), await frame(2)];
	const { header, records } = await scoreStreams(await open(a), await open(c));
	const other = await gather(writeMotion(header, records));
	const { url } = await startLiar(t, () => other);
	const connection = await connect(url);
	await t.throwsAsync(scoreRemotely(connection, await open(a), await open(b)), { code: 'other-frames' });
	connection.close();
});
