import anyTest, { type ExecutionContext, type TestFn } from 'ava';
import type { DataError } from '../../../src/core/errors.js';
import { signed } from '../../../src/core/image/compare.js';
import { createWasmDifference } from '../../../src/core/kernels/difference-wasm.js';
import { decryptDifference, type Expected } from '../../../src/core/subtract/frames.js';
import { POLYNOMIAL_BYTES } from '../../../src/core/subtract/parameters.js';
import { SYMMETRIC_DIFFERENCE } from '../../../src/core/subtract/records.js';
import { deriveTagKey } from '../../../src/core/subtract/tags.js';
import { verifyRecordInto } from '../../../src/core/subtract/verify.js';
import { bytesOf, fileOf, makeOwner, noise, type Owner, open, subtractFiles } from './small-vct.js';

interface Context {
	owner: Owner;
	/** Three frames of two full ciphertexts each: no slot is unused, so only tags can tell one place from another. */
	frames: Uint8Array[];
	/** A - B as an honest server answers it. */
	honest: Uint8Array;
}

const test = anyTest as TestFn<Context>;
const pictures = [1, 2, 3].map((seed) => noise(seed, 160, 256, 1));
const PARTS = ['seed of A', 'seed of B', 'tag', 'words'];

test.before(async (t) => {
	const owner = await makeOwner('symmetric');
	const frames = await Promise.all(pictures.map(async (image) => await fileOf(await owner.encrypt(image))));
	t.context = { owner, frames, honest: await subtractFiles(frames[0], frames[1]) };
});
test.after.always((t) => t.context.owner.close());

async function recordsOf(file: Uint8Array): Promise<Uint8Array[]> {
	const records: Uint8Array[] = [];
	for await (const record of (await open(file)).records()) records.push(record);
	return records;
}

/** A file with its checksums right, as a server that cheats would send it. */
async function forged(file: Uint8Array, records: readonly Uint8Array[]): Promise<Uint8Array> {
	return await bytesOf((await open(file)).header, records);
}

async function refusal(t: ExecutionContext<Context>, file: Uint8Array, expected?: Expected): Promise<DataError> {
	const { owner } = t.context;
	const decrypting = open(file, 'd.vct').then((stream) =>
		decryptDifference(stream, expected ?? owner, owner.decryptor),
	);
	return (await t.throwsAsync(decrypting)) as DataError;
}

const DISCARDED = {
	code: 'difference-refused',
	message: 'd.vct: is not the difference of the frames that it names; discarded',
};

function sameOutside(t: ExecutionContext<Context>, { code, message, hint, exitCode }: DataError): void {
	t.deepEqual({ code, message }, DISCARDED);
	t.is(exitCode, 3);
	t.regex(hint ?? '', /Do not tell its sender/);
}

test('an honest answer is decrypted', async (t) => {
	const { owner, honest, frames } = t.context;
	const ids = [(await open(frames[0])).header.ids[0], (await open(frames[1])).header.ids[0]] as const;
	const back = await decryptDifference(await open(honest), { ...owner, ids: [...ids] }, owner.decryptor);
	t.deepEqual(back, signed(pictures[0], pictures[1]));
});

test('a change of any byte of a record, seeds and tag included, fails its verification', async (t) => {
	const { honest, owner } = t.context;
	const { header } = await open(honest);
	const [record] = await recordsOf(honest);
	const kernel = await createWasmDifference();
	const tagKey = deriveTagKey(owner.secret);
	const words = new Uint8Array(POLYNOMIAL_BYTES);
	for (let at = 0; at < SYMMETRIC_DIFFERENCE.bytes; at++) {
		const changed = record.slice();
		changed[at] ^= 1 << (at % 8);
		if (verifyRecordInto(words, kernel, tagKey, header, changed, 0)) t.fail(`byte ${at} was changed, and taken`);
	}
	t.true(verifyRecordInto(words, kernel, tagKey, header, record, 0));
	t.false(verifyRecordInto(words, kernel, tagKey, header, record, 1));
});

test('what fails its verification is not decrypted, even where it would decrypt to a difference', async (t) => {
	const { honest, owner } = t.context;
	const { header } = await open(honest);
	const [record] = await recordsOf(honest);
	const changed = record.slice();
	// the lowest bit of a word: below the noise that decryption takes away
	changed[SYMMETRIC_DIFFERENCE.parts[3].at] ^= 0x01;
	t.is((await owner.decryptor.decrypt(header, [changed]))[0], null);
	t.not((await owner.decryptor.decrypt(header, [record]))[0], null);
});

for (const [i, part] of SYMMETRIC_DIFFERENCE.parts.entries()) {
	test(`${PARTS[i]}: a file with a changed byte and a fitting checksum is discarded`, async (t) => {
		const records = await recordsOf(t.context.honest);
		records[1][part.at + part.length - 1] ^= 0x01;
		sameOutside(t, await refusal(t, await forged(t.context.honest, records)));
	});
}

test('ciphertexts that change places, stand twice or come from another answer are discarded', async (t) => {
	const { honest, frames } = t.context;
	const [first, second] = await recordsOf(honest);
	const [foreign] = await recordsOf(await subtractFiles(frames[0], frames[2]));
	const [reverse] = await recordsOf(await subtractFiles(frames[1], frames[0]));
	for (const records of [
		[second, first],
		[first, first],
		[foreign, second],
		[reverse, second],
		[new Uint8Array(first.length), second],
	]) {
		sameOutside(t, await refusal(t, await forged(honest, records)));
	}
});

test('a dropped ciphertext makes a truncated file, and one too many a surplus', async (t) => {
	const records = await recordsOf(t.context.honest);
	t.is((await refusal(t, await forged(t.context.honest, records.slice(1)))).code, 'truncated-vct');
	t.is((await refusal(t, await forged(t.context.honest, [...records, records[0]]))).code, 'damaged-vct');
});

test('the answer to another request is refused by the ids asked for, under its own name', async (t) => {
	const { frames, owner, honest } = t.context;
	const [a, b, c] = await Promise.all(frames.map(async (frame) => (await open(frame)).header.ids[0]));
	const swapped = await subtractFiles(frames[0], frames[2]);
	const said = await refusal(t, swapped, { ...owner, ids: [a, b] });
	t.is(said.code, 'other-frames');
	t.regex(said.message, /B is [0-9a-f]{32}/);
	t.is((await refusal(t, honest, { ...owner, ids: [b, a] })).code, 'other-frames');
	t.is((await refusal(t, honest, { ...owner, ids: [c, b] })).code, 'other-frames');
});

test('the answer to another request under the names of this one is discarded: replay, swap, another camera', async (t) => {
	const { frames, honest } = t.context;
	for (const [x, y] of [
		[0, 2],
		[2, 1],
		[1, 0],
	]) {
		const other = await subtractFiles(frames[x], frames[y]);
		sameOutside(t, await refusal(t, await forged(honest, await recordsOf(other))));
	}
});

test('another shape of as many ciphertexts is discarded', async (t) => {
	const { header } = await open(t.context.honest);
	const shape = { ...header.shape, width: 256, height: 160 };
	sameOutside(t, await refusal(t, await bytesOf({ ...header, shape }, await recordsOf(t.context.honest))));
});

test('whoever has another key has no way to make a difference of this one', async (t) => {
	const stranger = await makeOwner('symmetric');
	t.teardown(() => stranger.close());
	const [a, b] = await Promise.all(
		pictures.map(async (image) => {
			const { header, records } = await stranger.encrypt(image);
			return await bytesOf({ ...header, fingerprint: t.context.owner.fingerprint }, records);
		}),
	);
	sameOutside(t, await refusal(t, await subtractFiles(a, b)));
	t.is((await refusal(t, await subtractFiles(...(await twoOf(stranger))))).code, 'other-key');
});

async function twoOf(owner: Owner): Promise<[Uint8Array, Uint8Array]> {
	return [await fileOf(await owner.encrypt(pictures[0])), await fileOf(await owner.encrypt(pictures[1]))];
}

test('a public-key answer can be changed unseen, as long as it decrypts to a difference', async (t) => {
	const owner = await makeOwner('public-key');
	t.teardown(() => owner.close());
	const honest = await subtractFiles(...(await twoOf(owner)));
	const { header } = await open(honest);
	const [record] = await recordsOf(honest);
	const [truth] = await owner.decryptor.decrypt(header, [record]);
	const whenFlipped = async (at: number, bit: number): Promise<Int16Array | null> => {
		const changed = record.slice();
		changed[at] ^= bit;
		return (await owner.decryptor.decrypt(header, [changed]))[0];
	};
	// bit 8 of word 3: eight gray levels of sample 15, which nothing but a tag could tell
	const changed = await whenFlipped(20, 0x80);
	t.is(Math.abs((changed?.[15] ?? 0) - (truth?.[15] ?? 0)), 8);
	t.is(await whenFlipped(6, 0x08), null);
	t.is(await whenFlipped(record.length - 1, 0x08), null);
	// "nothing moved" can be said without any key
	const [zeros] = await owner.decryptor.decrypt(header, [new Uint8Array(record.length)]);
	t.true(zeros?.every((sample) => sample === 0));
});
