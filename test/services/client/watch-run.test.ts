import { createServer, request as httpRequest } from 'node:http';
import type { AddressInfo } from 'node:net';
import { crc32 } from 'node:zlib';
import anyTest, { type ExecutionContext, type TestFn } from 'ava';
import { signed } from '../../../src/core/image/compare.js';
import type { Image } from '../../../src/core/image/image.js';
import { encryptFrame } from '../../../src/core/subtract/frames.js';
import { type Comparison, createComparer } from '../../../src/services/client/compare-frames.js';
import { type Connection, openConnection } from '../../../src/services/client/connection.js';
import { runCamera, runOwner } from '../../../src/services/client/watch-run.js';
import { seededRandom } from '../../core/average/keystream.js';
import { fileOf, makeOwner, noise, type Owner, subtractFiles } from '../../core/subtract/small-vct.js';
import { startTestSubtractor } from '../../helpers/subtractor.js';

interface Context {
	owner: Owner;
	/** The same key; encrypts with the public half. */
	withPublic: Owner;
}

const test = anyTest as TestFn<Context>;
const pictures = [1, 2, 3, 4, 5].map((seed) => noise(seed, 16, 16, 1));

test.before(async (t) => {
	const withPublic = await makeOwner('public-key');
	const { fingerprint, decryptor } = withPublic;
	const how = { scheme: 'symmetric', fingerprint, random: seededRandom(77) } as const;
	// one key, both ways: what a server may have of cameras that have the public key
	t.context = { owner: { ...withPublic, encrypt: (image) => encryptFrame(image, how, decryptor) }, withPublic };
});
test.after.always((t) => t.context.owner.close());

async function* framesOf(images: readonly Image[]): AsyncGenerator<Image> {
	yield* images;
}

function retry(signal = new AbortController().signal) {
	return { retryForMs: 0, signal, nowMs: () => performance.now(), jitter: () => 0, onRetry: () => {} };
}

type Change = (path: string, body: Buffer) => Promise<Uint8Array> | Uint8Array;

/** Passes everything on to a subtractor, and changes answers; `seen` are the requests, without what is random in them. */
async function startTwister(
	t: ExecutionContext,
	target: string,
	change: Change,
): Promise<{ url: string; seen: string[] }> {
	const seen: string[] = [];
	const server = createServer((incoming, response) => {
		const path = incoming.url ?? '';
		seen.push(`${incoming.method} ${path.replace(/[0-9a-f]{32}/g, 'ID')}`);
		const { hostname, port } = new URL(target);
		const outgoing = httpRequest(
			{ hostname, port, path, method: incoming.method, headers: incoming.headers },
			(answer) => {
				const chunks: Buffer[] = [];
				answer.on('data', (chunk: Buffer) => chunks.push(chunk));
				answer.on('end', () => {
					const isDifference = answer.statusCode === 200 && path.includes('/differences/');
					const body = Buffer.concat(chunks);
					void Promise.resolve(isDifference ? change(path, body) : body).then((bytes) =>
						response.writeHead(answer.statusCode ?? 500, { 'content-length': bytes.length }).end(bytes),
					);
				});
			},
		);
		incoming.pipe(outgoing);
	});
	await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
	t.teardown(() => {
		server.closeAllConnections();
		server.close();
	});
	return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, seen };
}

interface Watched {
	readonly comparisons: Comparison[];
	readonly seen: string[];
}

/** A camera and owner in one, at a server whose answers are changed. */
async function watchThrough(t: ExecutionContext<Context>, change: Change): Promise<Watched> {
	const { owner } = t.context;
	const { url } = await startTestSubtractor(t);
	const twister = await startTwister(t, url, change);
	const connection: Connection = await openConnection({ url: twister.url });
	t.teardown(() => connection.close());
	const comparisons: Comparison[] = [];
	const parts = { connection, camera: 'hall', intervalMs: 0, retry: retry() };
	const comparer = createComparer({
		...parts,
		fingerprint: owner.fingerprint,
		scheme: 'symmetric',
		pool: owner.decryptor,
		maxBytes: 1e6,
		onComparison: (comparison) => comparisons.push(comparison),
	});
	await runCamera({
		...parts,
		frames: framesOf(pictures),
		encrypt: (image) => owner.encrypt(image),
		comparer,
		onUploaded: (outcome) => t.is(outcome.kind, 'accepted'),
	});
	return { comparisons, seen: twister.seen };
}

test.serial('an honest server: each difference is exact', async (t) => {
	const { comparisons } = await watchThrough(t, (_path, body) => body);
	t.deepEqual(
		comparisons.map((comparison) => (comparison.kind === 'compared' ? comparison.difference : comparison.reason)),
		[1, 2, 3, 4].map((i) => signed(pictures[i], pictures[i - 1])),
	);
});

test.serial('a server that cheats is refused each time, and can tell it by nothing that is asked of it', async (t) => {
	const honest = await watchThrough(t, (_path, body) => body);
	const answers: Buffer[] = [];
	const stranger = await makeOwner('symmetric');
	const frames = await Promise.all(pictures.map(async (image) => await fileOf(await stranger.encrypt(image))));
	await stranger.close();
	const { withPublic } = t.context;
	const untagged = await Promise.all(pictures.map(async (image) => await fileOf(await withPublic.encrypt(image))));
	const [x, y] = [untagged[0], untagged[1]];
	/** Anybody can make this: frames of the public key under the ids that were asked for. */
	const downgraded: Change = async (_path, body) => {
		const forgery = Buffer.from(await subtractFiles(x, y));
		body.copy(forgery, 64, 64, 96);
		new DataView(forgery.buffer).setUint32(100, crc32(forgery.subarray(0, 100)), true);
		return forgery;
	};
	const cheats: [string, Change, number][] = [
		['a flipped byte', (_path, body) => changed(body, body.length - 100), 4],
		['a flipped byte of the header', (_path, body) => changed(body, 70), 4],
		['a replay of the first answer', (_path, body) => answers[answers.push(body) * 0], 3],
		['a dropped ciphertext', (_path, body) => body.subarray(0, 104), 4],
		["another camera's frames", () => subtractFiles(frames[0], frames[1]), 4],
		['the form without tags', downgraded, 4],
		['nothing', () => new Uint8Array(0), 4],
	];
	for (const [what, change, refused] of cheats) {
		answers.length = 0;
		const { comparisons, seen } = await watchThrough(t, change);
		t.is(comparisons.filter(({ kind }) => kind === 'refused').length, refused, what);
		t.is(comparisons.length, 4, what);
		t.deepEqual(seen, honest.seen, what);
	}
});

test.serial('an owner leaves out a frame that is listed twice, and ends after as many as were asked for', async (t) => {
	const { owner } = t.context;
	const { url } = await startTestSubtractor(t);
	const connection = await openConnection({ url });
	t.teardown(() => connection.close());
	const comparisons: Comparison[] = [];
	const repeated: string[] = [];
	const parts = { connection, camera: 'hall', intervalMs: 0, retry: retry() };
	const upload = (images: readonly Image[]): Promise<void> =>
		runCamera({
			...parts,
			frames: framesOf(images),
			encrypt: (image) => owner.encrypt(image),
			comparer: undefined,
			onUploaded: () => {},
		});
	await upload(pictures.slice(0, 2));
	let lists = 0;
	const listing: Connection = {
		...connection,
		async send(method, path, body, maxBytes) {
			if (!path.includes('frames?after=')) return await connection.send(method, path, body, maxBytes);
			// from the third list on everything is listed again
			const answer = await connection.send(method, ++lists < 3 ? path : path.replace(/\d+$/, '0'), body, maxBytes);
			if (lists === 2) await upload(pictures.slice(2, 4));
			return answer;
		},
	};
	await runOwner({
		...parts,
		connection: listing,
		count: 2,
		comparer: createComparer({
			...parts,
			fingerprint: owner.fingerprint,
			scheme: 'symmetric',
			pool: owner.decryptor,
			maxBytes: 1e6,
			onComparison: (comparison) => comparisons.push(comparison),
		}),
		onFollowing: () => {},
		onRepeated: (id) => repeated.push(id),
	});
	t.deepEqual(
		comparisons.map((comparison) => (comparison.kind === 'compared' ? comparison.difference : comparison.reason)),
		[2, 3].map((i) => signed(pictures[i], pictures[i - 1])),
	);
	t.is(repeated.length, 2);
});

function changed(body: Buffer, at: number): Buffer {
	const copy = Buffer.from(body);
	copy[at] ^= 0x10;
	return copy;
}
