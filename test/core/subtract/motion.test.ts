import { createHash, webcrypto } from 'node:crypto';
import test, { type ExecutionContext } from 'ava';
import type { Image, Size } from '../../../src/core/image/image.js';
import { openMotionBfv } from '../../../src/core/subtract/motion/bfv.js';
import { encodeMotionHeader } from '../../../src/core/subtract/motion/header.js';
import { heatMap, movedBlocks } from '../../../src/core/subtract/motion/heat-map.js';
import { decryptScores, encryptForMotion, type MotionScores } from '../../../src/core/subtract/motion/owner.js';
import {
	COMPONENT_BYTES,
	EVALUATION_KEY_BYTES,
	FRAME_RECORD_BYTES,
	MOTION_PRIMES,
	motionCiphertexts,
	planMotion,
} from '../../../src/core/subtract/motion/parameters.js';
import { scoreStreams } from '../../../src/core/subtract/motion/score.js';
import { startScorer } from '../../../src/core/subtract/motion/scorer-thread.js';
import { deriveMotionSecret } from '../../../src/core/subtract/motion/secret.js';
import { type MotionStream, openMotion, writeMotion } from '../../../src/core/subtract/motion/stream.js';
import { seededBytes } from '../../helpers/seeded-bytes.js';
import { seededRandom } from '../average/keystream.js';
import { inOnePiece, noise, picture } from './small-vct.js';

const KEY = { fingerprint: seededBytes(70, 16), secret: seededBytes(71, 32_768) };
let frames = 100;

async function gather(chunks: AsyncIterable<Uint8Array>): Promise<Uint8Array> {
	const pieces: Uint8Array[] = [];
	for await (const chunk of chunks) pieces.push(chunk);
	return new Uint8Array(Buffer.concat(pieces));
}

async function fileOf(image: Image, block: Size, key = KEY): Promise<Uint8Array> {
	const { header, records } = encryptForMotion(image, block, key, seededRandom(++frames), 'x');
	return await gather(writeMotion(header, records));
}

function open(bytes: Uint8Array, name = 'x.motion'): Promise<MotionStream> {
	return openMotion(inOnePiece(bytes), name);
}

/** What a server makes of two files. */
async function score(a: Uint8Array, b: Uint8Array): Promise<Uint8Array> {
	const { header, records } = await scoreStreams(await open(a, 'a'), await open(b, 'b'));
	return await gather(writeMotion(header, records));
}

/** The same in the clear, written down plainly. */
function clearScores(a: Image, b: Image, block: Size): Float64Array {
	const { width, height, channels } = a;
	const columns = Math.ceil(width / block.width);
	const scores = new Float64Array(columns * Math.ceil(height / block.height));
	for (let i = 0; i < a.samples.length; i++) {
		const [x, y] = [Math.floor(i / channels) % width, Math.floor(i / channels / width)];
		scores[Math.floor(y / block.height) * columns + Math.floor(x / block.width)] += (a.samples[i] - b.samples[i]) ** 2;
	}
	return scores;
}

const cases: Readonly<Record<string, readonly [Image, Image, Size]>> = {
	'one pixel': [noise(1, 1, 1, 1), noise(2, 1, 1, 1), { width: 1, height: 1 }],
	'odd sides, blocks that do not fit': [noise(3, 37, 23, 3), noise(4, 37, 23, 3), { width: 16, height: 7 }],
	'prime sides, narrow blocks': [noise(5, 101, 67, 1), noise(6, 101, 67, 1), { width: 2, height: 13 }],
	'more blocks than slots': [noise(7, 113, 89, 1), noise(8, 113, 89, 1), { width: 1, height: 1 }],
	'more blocks than slots, in colour': [noise(9, 190, 97, 3), noise(10, 190, 97, 3), { width: 2, height: 1 }],
	'one row': [noise(11, 4099, 1, 3), noise(12, 4099, 1, 3), { width: 100, height: 1 }],
	'one block': [noise(13, 130, 90, 3), noise(14, 130, 90, 3), { width: 130, height: 90 }],
	'black and white': [picture(64, 48, 3, () => 0), picture(64, 48, 3, () => 255), { width: 8, height: 8 }],
	checkerboards: [
		picture(65, 33, 1, (i) => (i & 1) * 255),
		picture(65, 33, 1, (i) => 255 - (i & 1) * 255),
		{ width: 65, height: 33 },
	],
	'one picture, encrypted twice': [noise(15, 40, 30, 1), noise(15, 40, 30, 1), { width: 8, height: 5 }],
};

for (const [name, [a, b, block]] of Object.entries(cases)) {
	test(`${name}: scores are those of the pictures in the clear`, async (t) => {
		const { scores } = await decryptScores(
			await open(await score(await fileOf(a, block), await fileOf(b, block))),
			KEY,
		);
		t.deepEqual(scores, clearScores(a, b, block));
	});
}

test('blocks of 8x5 of a gray VGA picture are 7,680 cells in 40 ciphertexts; larger blocks take no more', (t) => {
	const shape = { width: 640, height: 480, channels: 1 } as const;
	const plan = planMotion(shape, { width: 8, height: 5 }, 'x');
	t.like(plan, { columns: 80, rows: 96, parts: 1, cellSamples: 40, groups: 1, plainModulus: 2_654_209n });
	for (const side of [1, 2, 3, 7, 8, 16, 32, 64, 480]) {
		const other = planMotion(shape, { width: side, height: side }, 'x');
		const { cellSamples, groups, parts, columns, rows } = other;
		// blocks at the edge take as much as whole ones
		const least = (columns * rows * side * side) / 8192;
		t.true(motionCiphertexts(other) <= 1.2 * least + 3, `${side}: ${motionCiphertexts(other)}`);
		t.true(groups <= Math.ceil((columns * rows) / 8192) + 3);
		t.true(columns * rows * parts <= 8192 * groups && parts * cellSamples >= side * side);
	}
});

test('what is too large, or no block of the picture, is refused', (t) => {
	const shape = { width: 640, height: 480, channels: 1 } as const;
	const refused = { 641: 'block-too-large', 0: 'picture-shape', 1.5: 'picture-shape' };
	for (const [width, code] of Object.entries(refused)) {
		t.throws(() => planMotion(shape, { width: Number(width), height: 1 }, 'x'), { code });
	}
	const large = { width: 16_384, height: 16_384, channels: 1 } as const;
	t.throws(() => planMotion(large, { width: 8, height: 8 }, 'x'), { code: 'too-many-ciphertexts' });
});

test('the noise leaves room where it is largest: the same ciphertexts added 256 times, all differences 255', async (t) => {
	const { plainModulus } = planMotion({ width: 8192, height: 4096, channels: 1 }, { width: 8192, height: 4096 }, 'x');
	const bfv = await openMotionBfv(plainModulus);
	const encryptor = bfv.encryptor(deriveMotionSecret(KEY.secret));
	const scorer = bfv.scorer(encryptor.createEvaluationKey());
	const decryptor = bfv.decryptor(deriveMotionSecret(KEY.secret));
	const a = encryptor.encrypt(new Uint32Array(8192).fill(255));
	const b = encryptor.encrypt(new Uint32Array(8192));
	// one pair again and again: its noise adds up in full, where that of fresh pairs adds up by squares
	const count = 256;
	for (let i = 0; i < count; i++) scorer.add(a, b);
	t.true(decryptor.decrypt(scorer.finish())?.every((slot) => slot === count * 255 * 255));
	for (const each of [decryptor, scorer, encryptor, bfv]) each.close();
});

test('the secret of motion is uniform over -1, 0 and 1, and derived as documented', async (t) => {
	const secret = deriveMotionSecret(KEY.secret);
	const counts = [-1, 0, 1].map((value) => secret.filter((each) => each === value).length);
	const chiSquare = counts.reduce((sum, count) => sum + (count - 8192 / 3) ** 2 / (8192 / 3), 0);
	t.true(chiSquare < 13.8, `${counts}: one in a thousand`);
	const { subtle } = webcrypto;
	const encode = (text: string): Uint8Array => new TextEncoder().encode(text);
	const hkdf = await subtle.importKey('raw', KEY.secret, 'HKDF', false, ['deriveKey']);
	const derivation = {
		name: 'HKDF',
		hash: 'SHA-256',
		salt: encode('veilcam motion 1'),
		info: encode('secret polynomial'),
	};
	const aes = await subtle.deriveKey(derivation, hkdf, { name: 'AES-CTR', length: 128 }, false, ['encrypt']);
	const counter = { name: 'AES-CTR', counter: new Uint8Array(16), length: 64 };
	const stream = new Uint8Array(await subtle.encrypt(counter, aes, new Uint8Array(9216)));
	t.deepEqual(
		[...stream.filter((byte) => byte < 255).subarray(0, 8192)].map((byte) => (byte % 3) - 1),
		[...secret],
	);
	t.notDeepEqual(deriveMotionSecret(seededBytes(72, 32_768)), secret);
});

const block = { width: 4, height: 4 };
const small = { a: noise(20, 9, 7, 1), b: noise(21, 9, 7, 1) };

test('frames of other keys, sizes and blocks, a score, and one frame twice are refused with what differs', async (t) => {
	const [a, b] = [await fileOf(small.a, block), await fileOf(small.b, block)];
	const other = { ...KEY, fingerprint: seededBytes(73, 16) };
	const refused: Readonly<Record<string, Uint8Array>> = {
		'other-key': await fileOf(small.b, block, other),
		'other-shape': await fileOf(noise(21, 9, 8, 1), block),
		'other-blocks': await fileOf(small.b, { width: 4, height: 5 }),
		'same-frame': a,
		'not-a-frame': await score(a, b),
	};
	for (const [code, file] of Object.entries(refused)) await t.throwsAsync(score(a, file), { code });
	await t.throwsAsync(decryptScores(await open(await score(a, b)), other), { code: 'other-key' });
	await t.throwsAsync(decryptScores(await open(a), KEY), { code: 'not-a-score' });
});

test('each byte of a header, and each length of a file, is missed by name', async (t) => {
	const a = await fileOf(small.a, block);
	for (let at = 0; at < 104; at++) {
		const changed = a.slice(0, 104);
		changed[at] ^= 0x10;
		await t.throwsAsync(open(changed), { name: 'DataError' }, `byte ${at}`);
	}
	for (let length = 0; length < 104; length++) {
		const code = length === 0 ? 'empty-file' : 'truncated-vct';
		await t.throwsAsync(open(a.subarray(0, length)), { code }, `${length} bytes`);
	}
	const read = async (bytes: Uint8Array): Promise<Uint8Array> => await gather((await open(bytes)).records());
	for (const length of [104, 105, 393_447, 393_448, a.length - 5, a.length - 4, a.length - 1]) {
		await t.throwsAsync(read(a.subarray(0, length)), { code: 'truncated-vct' }, `${length} bytes`);
	}
	await t.throwsAsync(read(Uint8Array.from([...a, 0])), { code: 'surplus-bytes' });
	for (const at of [104, 104 + EVALUATION_KEY_BYTES, a.length - 1]) {
		const changed = a.slice();
		changed[at] ^= 1;
		await t.throwsAsync(read(changed), { code: 'damaged-vct' }, `byte ${at}`);
	}
	const { header } = await open(a);
	t.deepEqual(encodeMotionHeader(header), a.slice(0, 104));
});

/** A file with other records, and the checksum that fits. */
async function withRecords(file: Uint8Array, change: (records: Uint8Array[]) => Uint8Array[]): Promise<Uint8Array> {
	const { header, records } = await open(file);
	const all: Uint8Array[] = [];
	for await (const record of records()) all.push(record.slice());
	return await gather(writeMotion(header, change(all)));
}

async function refusesFrame(
	t: ExecutionContext,
	code: string,
	change: (records: Uint8Array[], other: Uint8Array[]) => Uint8Array[],
): Promise<void> {
	const [a, b] = [await fileOf(small.a, block), await fileOf(small.b, block)];
	let others: Uint8Array[] = [];
	await withRecords(b, (records) => {
		others = records;
		return records;
	});
	await t.throwsAsync(score(await withRecords(a, (records) => change(records, others)), b), { code });
}

/** The record with its word `index` set to a value. */
function withWord(record: Uint8Array, index: number, value: bigint): Uint8Array {
	const changed = record.slice();
	new DataView(changed.buffer).setBigUint64(8 * index, value, true);
	return changed;
}

test('a server refuses words at and above their prime, in ciphertexts and in the key, and a seed used twice', async (t) => {
	await refusesFrame(t, 'out-of-range', ([key, first, ...rest]) => [
		key,
		withWord(first, 0, MOTION_PRIMES[0]),
		...rest,
	]);
	await refusesFrame(t, 'out-of-range', ([key, first, ...rest]) => [
		key,
		withWord(first, 2 * 8192 - 1, MOTION_PRIMES[1]),
		...rest,
	]);
	await refusesFrame(t, 'out-of-range', ([key, ...rest]) => [withWord(key, 3 * 8192 - 1, MOTION_PRIMES[2]), ...rest]);
	await refusesFrame(t, 'out-of-range', ([key, ...rest]) => [withWord(key, 0, 2n ** 64n - 1n), ...rest]);
	await refusesFrame(t, 'same-seed', ([key, first, ...rest], [, theirs]) => {
		const changed = first.slice();
		changed.set(theirs.subarray(FRAME_RECORD_BYTES - 64), FRAME_RECORD_BYTES - 64);
		return [key, changed, ...rest];
	});
});

test('an owner refuses what is no score of two pictures, always in the same words', async (t) => {
	const file = await score(await fileOf(small.a, block), await fileOf(small.b, block));
	const strangers = { ...KEY, secret: seededBytes(74, 32_768) };
	const foreign = await score(await fileOf(small.a, block, strangers), await fileOf(small.b, block, strangers));
	// a score that is one too large in a slot that no sample has
	const bfv = await openMotionBfv((await open(file)).plan.plainModulus);
	const encryptor = bfv.encryptor(deriveMotionSecret(KEY.secret));
	const scorer = bfv.scorer(encryptor.createEvaluationKey());
	const last = new Uint32Array(8192);
	last[8191] = 1;
	scorer.add(encryptor.encrypt(last), encryptor.encrypt(new Uint32Array(8192)));
	const surplus = scorer.finish();
	for (const each of [scorer, encryptor, bfv]) each.close();
	const lies = {
		'a word at its prime': await withRecords(file, ([record]) => [withWord(record, 8191, MOTION_PRIMES[0])]),
		'one bit': await withRecords(file, ([record]) => [withWord(record, 5, 1n)]),
		'zeros in place of the second polynomial': await withRecords(file, ([record]) => [record.fill(0, COMPONENT_BYTES)]),
		'the score of another key': foreign,
		'an unused slot that is not zero': await withRecords(file, () => [surplus]),
	};
	const said = new Set<string>();
	for (const [lie, bytes] of Object.entries(lies)) {
		const error = await t.throwsAsync(decryptScores(await open(bytes), KEY), { code: 'score-refused' }, lie);
		said.add(error.message);
	}
	t.is(said.size, 1);
});

test('a scorer that dies or hangs ends the request with a sentence, and nothing else', async (t) => {
	const script = (code: string): URL => new URL(`data:text/javascript,${encodeURIComponent(code)}`);
	const dying = startScorer(
		script('import { parentPort } from "node:worker_threads"; parentPort.on("message", () => process.exit(3));'),
	);
	await t.throwsAsync(dying.ask({ kind: 'finish' }), { code: 'scorer-died' });
	const throwing = startScorer(script('throw new Error("broken");'));
	await t.throwsAsync(throwing.ask({ kind: 'finish' }), { code: 'scorer-died' });
	const hanging = startScorer(
		script('import { parentPort } from "node:worker_threads"; parentPort.on("message", () => {});'),
		50,
	);
	await t.throwsAsync(hanging.ask({ kind: 'finish' }), { code: 'scorer-died' });
	await Promise.all([dying.end(), throwing.end(), hanging.end()]);
});

test('the heat map is as large as the picture, and brightest where most changed', (t) => {
	const plan = planMotion({ width: 7, height: 5, channels: 3 }, { width: 4, height: 4 }, 'x');
	const motion: MotionScores = { plan, scores: Float64Array.from([0, 9 * 400, 4 * 3 * 100, 0]) };
	const blocks = movedBlocks(motion);
	t.deepEqual(blocks[3], { x: 4, y: 4, width: 3, height: 1, score: 0, rms: 0 });
	t.is(blocks[1].rms, 10);
	t.is(blocks[2].rms, 10);
	const { width, height, channels, samples } = heatMap(motion);
	t.deepEqual({ width, height, channels }, plan.shape);
	const at = (x: number, y: number): number[] => [...samples.subarray(3 * (y * 7 + x), 3 * (y * 7 + x) + 3)];
	t.deepEqual(at(0, 0), [0, 0, 0]);
	t.deepEqual(at(6, 0), at(3, 4));
	const white = heatMap({ plan, scores: Float64Array.from([0, 36 * 6400, 1, 0]) });
	t.deepEqual([...white.samples.subarray(3 * 6, 3 * 7)], [255, 255, 255]);
});

test('encrypting a picture twice makes two files that have no record in common', async (t) => {
	const hashes = new Set<string>();
	for (const file of [await fileOf(small.a, block), await fileOf(small.a, block)]) {
		const { records } = await open(file);
		for await (const record of records()) hashes.add(createHash('sha256').update(record).digest('hex'));
	}
	t.is(hashes.size, 2 * (1 + planMotion({ width: 9, height: 7, channels: 1 }, block, 'x').cellSamples));
});
