import anyTest, { type ExecutionContext, type TestFn } from 'ava';
import type { VeilcamError } from '../../../src/core/errors.js';
import { type SignedImage, signed } from '../../../src/core/image/compare.js';
import { decryptDifference } from '../../../src/core/subtract/frames.js';
import { SYMMETRIC_DIFFERENCE } from '../../../src/core/subtract/records.js';
import { VCT_HEADER_BYTES } from '../../../src/core/subtract/vct-header.js';
import { openConnection } from '../../../src/services/client/connection.js';
import { subtractRemotely } from '../../../src/services/client/subtract-remote.js';
import { bytesOf, fileOf, makeOwner, noise, type Owner, open, subtractFiles } from '../../core/subtract/small-vct.js';
import { startLiar, startTestSubtractor } from '../../helpers/subtractor.js';

interface Context {
	owner: Owner;
	/** Four frames of two ciphertexts each; the last is of another camera under the same key. */
	frames: Uint8Array[];
	/** frames[0] - frames[1], as an honest server answers it. */
	honest: Uint8Array;
	records: Uint8Array[];
}

const test = anyTest as TestFn<Context>;
const pictures = [1, 2, 3, 4].map((seed) => noise(seed, 160, 150, 1));

test.before(async (t) => {
	const owner = await makeOwner('symmetric');
	const frames = await Promise.all(pictures.map(async (image) => await fileOf(await owner.encrypt(image))));
	const honest = await subtractFiles(frames[0], frames[1]);
	t.context = { owner, frames, honest, records: await recordsOf(honest) };
});
test.after.always((t) => t.context.owner.close());

async function recordsOf(file: Uint8Array): Promise<Uint8Array[]> {
	const records: Uint8Array[] = [];
	for await (const record of (await open(file)).records()) records.push(record);
	return records;
}

/** The records under the header of what was asked for, with a checksum that fits. */
async function forged(t: ExecutionContext<Context>, records: readonly Uint8Array[]): Promise<Uint8Array> {
	return await bytesOf((await open(t.context.honest)).header, records);
}

/** What the owner of two frames gets when he asks a server for their difference, over HTTP. */
async function ask(t: ExecutionContext<Context>, url: string, a = 0, b = 1): Promise<SignedImage> {
	const { owner, frames } = t.context;
	const connection = await openConnection({ url });
	try {
		const [first, second] = [await open(frames[a]), await open(frames[b])];
		const ids = [first.header.ids[0], second.header.ids[0]] as const;
		const answer = await subtractRemotely(connection, first, second);
		return await decryptDifference(answer, { ...owner, ids: [ids[0], ids[1]] }, owner.decryptor);
	} finally {
		connection.close();
	}
}

/** The code under which an answer is refused. The server is asked once, and hears nothing of it. */
async function refusalOf(t: ExecutionContext<Context>, answer: Uint8Array): Promise<string> {
	const { url, requests } = await startLiar(t, () => answer);
	const error = (await t.throwsAsync(ask(t, url))) as VeilcamError | undefined;
	t.deepEqual(requests, [`POST /v1/differences ${t.context.frames[0].length * 2}`]);
	return error?.code ?? '';
}

test('an honest server is believed, and its answer exact', async (t) => {
	const { url } = await startTestSubtractor(t);
	t.deepEqual(await ask(t, url), signed(pictures[0], pictures[1]));
	t.deepEqual(await ask(t, url, 2, 0), signed(pictures[2], pictures[0]));
});

test('each byte of the header: a changed one is refused before anything behind it is looked at', async (t) => {
	const { honest } = t.context;
	let at = 0;
	const { url, requests } = await startLiar(t, () => {
		const answer = honest.slice();
		answer[at] ^= 1 << (at % 8);
		return answer;
	});
	const codes = new Set<string>();
	for (at = 0; at < VCT_HEADER_BYTES; at++) {
		const error = (await t.throwsAsync(ask(t, url), undefined, `byte ${at}`)) as VeilcamError | undefined;
		codes.add(error?.code ?? '');
	}
	t.deepEqual([...codes].sort(), ['damaged-vct', 'future-vct', 'not-a-vct']);
	t.is(requests.length, VCT_HEADER_BYTES);
});

test('bytes behind the header: a changed one is found by the checksum, or, where that fits, by the tag', async (t) => {
	const { honest, records } = t.context;
	const places = SYMMETRIC_DIFFERENCE.parts.flatMap(({ at, length }) => [at, at + length - 1]);
	for (const [record] of records.entries()) {
		for (const place of places) {
			const changed = honest.slice();
			changed[VCT_HEADER_BYTES + record * SYMMETRIC_DIFFERENCE.bytes + place] ^= 0x04;
			t.is(await refusalOf(t, changed), 'damaged-vct');
			const fitting = await forged(t, await recordsOfChanged(records, record, place));
			t.is(await refusalOf(t, fitting), 'difference-refused', `record ${record}, byte ${place}`);
		}
	}

	async function recordsOfChanged(all: readonly Uint8Array[], record: number, place: number): Promise<Uint8Array[]> {
		return all.map((bytes, i) => {
			const copy = bytes.slice();
			if (i === record) copy[place] ^= 0x04;
			return copy;
		});
	}
});

test('the answers of two requests, given to each other, are refused', async (t) => {
	const { frames, honest } = t.context;
	const other = await subtractFiles(frames[2], frames[0]);
	// whichever asks: as it is, and under the header of what was asked for
	const swapped = await startLiar(t, (_request, body) => {
		const asksForFirst = Buffer.compare(body.subarray(64, 80), frames[0].subarray(64, 80)) === 0;
		return asksForFirst ? other : honest;
	});
	await t.throwsAsync(ask(t, swapped.url), { code: 'other-frames' });
	await t.throwsAsync(ask(t, swapped.url, 2, 0), { code: 'other-frames' });
	t.is(await refusalOf(t, await forged(t, await recordsOf(other))), 'difference-refused');
});

test('an old answer, the reverse, and that of another camera of the same key are refused', async (t) => {
	const { frames } = t.context;
	for (const [a, b] of [
		[1, 2],
		[1, 0],
		[0, 3],
		[3, 1],
	]) {
		const other = await subtractFiles(frames[a], frames[b]);
		t.is(await refusalOf(t, other), 'other-frames');
		t.is(await refusalOf(t, await forged(t, await recordsOf(other))), 'difference-refused');
	}
});

test('dropped, repeated and exchanged ciphertexts are refused', async (t) => {
	const { records } = t.context;
	const [first, second] = records;
	t.is(await refusalOf(t, await forged(t, [first])), 'truncated-vct');
	t.is(await refusalOf(t, await forged(t, [])), 'truncated-vct');
	t.is(await refusalOf(t, await forged(t, [first, second, second])), 'damaged-vct');
	t.is(await refusalOf(t, await forged(t, [first, first])), 'difference-refused');
	t.is(await refusalOf(t, await forged(t, [second, first])), 'difference-refused');
	t.is(await refusalOf(t, await forged(t, [first, new Uint8Array(second.length)])), 'difference-refused');
});

test('a frame in place of the difference, another size, and what is no answer at all are refused by name', async (t) => {
	const { frames, honest, records } = t.context;
	const { header } = await open(honest);
	t.is(await refusalOf(t, frames[0]), 'other-frames');
	const turned = { ...header, shape: { ...header.shape, width: 150, height: 160 } };
	t.is(await refusalOf(t, await bytesOf(turned, records)), 'other-frames');
	t.is(await refusalOf(t, Buffer.from('Dear diary')), 'not-a-vct');
	t.is(await refusalOf(t, new Uint8Array(0)), 'empty-file');
	t.is(await refusalOf(t, honest.subarray(0, -1)), 'truncated-vct');
});

test('a server that stops in the middle of its answer says why, and nothing of it is taken', async (t) => {
	const { owner, frames } = t.context;
	// so large that the answer has begun when the last ciphertext turns out to be of one seed
	const large = noise(7, 480, 470, 1);
	const [a, b] = [await owner.encrypt(large), await owner.encrypt(large)];
	const sameAtEnd = { ...b, records: [...b.records.slice(0, -1), a.records.at(-1) ?? frames[0]] };
	const { url } = await startTestSubtractor(t);
	const connection = await openConnection({ url });
	t.teardown(() => connection.close());
	const answer = await subtractRemotely(connection, await open(await fileOf(a)), await open(await fileOf(sameAtEnd)));
	await t.throwsAsync(decryptDifference(answer, owner, owner.decryptor), {
		code: 'server-refused',
		message: /^http.*: two ciphertexts were made from one seed/,
	});
	// and the server goes on
	t.deepEqual(await ask(t, url), signed(pictures[0], pictures[1]));
});
