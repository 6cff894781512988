import anyTest, { type TestFn } from 'ava';
import type { DataError } from '../../../src/core/errors.js';
import { bytesPerSample, decodeVctHeader, VCT_HEADER_BYTES, vctBytes } from '../../../src/core/subtract/vct-header.js';
import { openVct } from '../../../src/core/subtract/vct-stream.js';
import { bytesOf, fileOf, makeOwner, noise, open, subtractFiles } from './small-vct.js';

interface Context {
	frame: Uint8Array;
	other: Uint8Array;
	foreign: Uint8Array;
	large: Uint8Array;
	publicFrame: Uint8Array;
}
const test = anyTest as TestFn<Context>;

test.before(async (t) => {
	const owners = await Promise.all([makeOwner('symmetric'), makeOwner('symmetric'), makeOwner('public-key')]);
	const [owner, stranger, camera] = owners;
	t.context = {
		frame: await fileOf(await owner.encrypt(noise(1, 12, 9, 3))),
		other: await fileOf(await owner.encrypt(noise(2, 12, 9, 3))),
		foreign: await fileOf(await stranger.encrypt(noise(3, 12, 9, 3))),
		large: await fileOf(await owner.encrypt(noise(4, 9, 12, 3))),
		publicFrame: await fileOf(await camera.encrypt(noise(1, 12, 9, 3))),
	};
	await Promise.all(owners.map((one) => one.close()));
});

async function read(bytes: Uint8Array): Promise<void> {
	const stream = await open(bytes, 'x.vct');
	for await (const _record of stream.records());
}

async function refusal(bytes: Uint8Array): Promise<DataError | null> {
	try {
		await read(bytes);
		return null;
	} catch (error) {
		return error as DataError;
	}
}

test('a change of any bit of the header is refused by name', async (t) => {
	for (let at = 0; at < VCT_HEADER_BYTES; at++) {
		for (let bit = 0; bit < 8; bit++) {
			const bytes = t.context.frame.slice();
			bytes[at] ^= 1 << bit;
			const error = await refusal(bytes);
			const expected = at < 8 ? /^not-a-vct$/ : at < 10 ? /^(?:future|damaged)-vct$/ : /^damaged-vct$/;
			t.regex(error?.code ?? 'taken', expected, `byte ${at}, bit ${bit}`);
			t.true(error?.message.startsWith('x.vct: '));
		}
	}
});

test('a file that is cut anywhere is refused as truncated, and one that goes on as too long', async (t) => {
	const { frame } = t.context;
	for (let length = 0; length < frame.length; length++) {
		const error = await refusal(frame.subarray(0, length));
		if (error?.code !== (length === 0 ? 'empty-file' : 'truncated-vct')) t.fail(`${length} bytes: ${error?.code}`);
	}
	const longer = new Uint8Array(frame.length + 1);
	longer.set(frame);
	t.is((await refusal(longer))?.code, 'surplus-bytes');
	t.is(await refusal(frame), null);
});

test('a changed byte behind the header is found by the checksum', async (t) => {
	const { frame } = t.context;
	for (let at = VCT_HEADER_BYTES; at < frame.length; at += 97) {
		const bytes = frame.slice();
		bytes[at] ^= 0x10;
		t.is((await refusal(bytes))?.code, 'damaged-vct');
	}
});

test('foreign files are refused, and files of a later version', async (t) => {
	t.is((await refusal(Buffer.from('\x89PNG\r\n\x1a\n and so on, and so on')))?.code, 'not-a-vct');
	const future = t.context.frame.slice();
	future[8] = 2;
	const error = await refusal(future);
	t.is(error?.code, 'future-vct');
	t.regex(error?.message ?? '', /has version 2, this veilcam reads 1/);
});

test('a header with fitting checksum but other parameters is refused', (t) => {
	const header = decodeVctHeader(t.context.frame, 'x');
	t.is(vctBytes(header), t.context.frame.length);
	t.true(bytesPerSample({ ...header, shape: { width: 640, height: 480, channels: 3 } }) < 1.24);
	const difference = { ...header, kind: 'difference', shape: { width: 640, height: 480, channels: 3 } } as const;
	t.true(bytesPerSample(difference) < 1.27);
	t.true(bytesPerSample({ ...difference, kind: 'frame', scheme: 'public-key' }) < 3.05);
});

test('chunks of any size make the same file', async (t) => {
	const { frame } = t.context;
	for (const size of [1, 7, 103, 104, 105, 25_160, 30_000]) {
		async function* chunks(): AsyncGenerator<Uint8Array> {
			for (let at = 0; at < frame.length; at += size) yield frame.subarray(at, at + size);
		}
		const stream = await openVct(chunks(), 'x.vct');
		t.deepEqual(await bytesOf(stream.header, stream.records()), frame);
	}
});

const unlike: readonly (readonly [title: string, which: keyof Context, code: string, says: RegExp])[] = [
	['keys', 'foreign', 'other-key', /differ in their key: [0-9a-f]{32} and [0-9a-f]{32}/],
	['sizes', 'large', 'other-shape', /differ in the size of their picture: 12x9 rgb and 9x12 rgb/],
	['ways to encrypt', 'publicFrame', 'other-scheme', /differ in how they were encrypted: symmetric and public-key/],
	['files, which are one', 'frame', 'same-frame', /their difference is zero/],
];
for (const [title, which, code, says] of unlike) {
	test(`frames of different ${title} are not subtracted, and a sentence says why`, async (t) => {
		const error = await t.throwsAsync(subtractFiles(t.context.frame, t.context[which]));
		t.is((error as DataError).code, code);
		t.regex(error?.message ?? '', says);
	});
}

test('a difference is not subtracted again', async (t) => {
	const difference = await subtractFiles(t.context.frame, t.context.other);
	await t.throwsAsync(subtractFiles(difference, t.context.frame), { message: /a\.vct: is a difference already/ });
});

test('words outside their range, tags outside theirs and equal seeds are refused by the server', async (t) => {
	const { frame, other } = t.context;
	const { header } = await open(frame);
	const [record] = await recordsOf(frame);
	const [second] = await recordsOf(other);
	const subtract = async (changed: Uint8Array): Promise<unknown> => {
		return await subtractFiles(await bytesOf(header, [changed]), other);
	};
	const word = record.slice().fill(0xff, 72, 80);
	await t.throwsAsync(subtract(word), { message: /value outside its range/ });
	const tag = record.slice().fill(0xff, 64, 72);
	await t.throwsAsync(subtract(tag), { message: /value outside its range/ });
	const seed = record.slice();
	seed.set(second.subarray(0, 64));
	await t.throwsAsync(subtract(seed), { message: /made from one seed/ });
	await t.notThrowsAsync(subtract(record));
});

async function recordsOf(file: Uint8Array): Promise<Uint8Array[]> {
	const records: Uint8Array[] = [];
	for await (const record of (await open(file)).records()) records.push(record);
	return records;
}
