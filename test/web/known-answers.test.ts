import { createCipheriv } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import test, { type ExecutionContext } from 'ava';
import { hexOf } from '../../src/core/average/hex.js';
import { createMechanism } from '../../src/core/average/mechanism.js';
import { openShare } from '../../src/core/average/sealed-share.js';
import type { SessionParameters } from '../../src/core/average/session.js';
import { hashSession } from '../../src/core/average/session-hash.js';
import { sharePlanes } from '../../src/core/average/share-planes.js';
import { expandKey } from '../../src/core/mpc/keystream.js';
import { keyPairOf } from '../../src/services/shares/upload-key.js';
import { createKeystream } from '../core/average/keystream.js';
import { startChromium } from '../helpers/chromium.js';
import { packageRoot } from '../helpers/fixtures.js';
import { startServer } from '../helpers/http.js';
import { needs } from '../helpers/needs.js';

interface Vectors {
	readonly keyHex: string;
	readonly ivHex: string;
	readonly samplesHex: string;
	readonly cases: readonly { readonly mechanism: { readonly kind: string }; readonly bodyHex: string }[];
}

async function readVectors(): Promise<Vectors> {
	return JSON.parse(await readFile(join(packageRoot, 'fixtures', 'vectors', 'average-reports.json'), 'utf8'));
}

/** What the worker says, with its bytes in hexadecimal. */
interface Said {
	readonly id?: string;
	readonly body?: string;
	readonly shares?: readonly { readonly sealed: string; readonly receipt: string }[];
	readonly failure?: string;
}

/**
 * The worker as it is shipped, in a real browser, with a generator that gives the keystream of the recorded vectors in
 * place of random bytes.
 */
async function startWorker(t: ExecutionContext, { keyHex, ivHex, samplesHex }: Vectors) {
	const assets = join(packageRoot, 'dist', 'web', 'assets');
	const [name = ''] = (await readdir(assets)).filter((file) => file.startsWith('salt-worker-'));
	const script = await readFile(join(assets, name), 'utf8');
	const cipher = createCipheriv('aes-128-ctr', Buffer.from(keyHex, 'hex'), Buffer.from(ivHex, 'hex'));
	const keystream = cipher.update(Buffer.alloc(4_000_000)).toString('base64');
	const samples = [...Buffer.from(samplesHex, 'hex')];
	const browser = await startChromium(t, { camera: 'none' });
	const page = await browser.newPage();
	// browsers encrypt for pages of this machine, and for no page without an address
	await page.goto(await startServer(t, async () => ({ headers: { 'content-type': 'text/html' } })));
	return (parts: { mechanism: unknown; shares?: unknown }): Promise<Said> =>
		page.evaluate(
			async ({ keystream: stream, script: source, samples: list, mechanism, shares }) => {
				const seeded = `
					const stream = Uint8Array.from(atob(${JSON.stringify(stream)}), (c) => c.charCodeAt(0));
					let at = 0;
					crypto.getRandomValues = (bytes) => {
						if (at + bytes.length > stream.length) throw new Error('the keystream is used up');
						bytes.set(stream.subarray(at, at += bytes.length));
						return bytes;
					};`;
				const worker = new Worker(URL.createObjectURL(new Blob([seeded, source])));
				const session = { name: 'v', width: list.length, height: 1, channels: 1, minBatch: 1, mechanism, shares };
				const picture = { width: list.length, height: 1, channels: 1, samples: Uint8Array.from(list) };
				type Answer = { id: string; body?: Uint8Array; shares?: { sealed: Uint8Array; receipt: string }[] };
				const reply = await new Promise<{ answer?: Answer; failure?: string }>((resolve, reject) => {
					worker.onmessage = ({ data }) => resolve(data);
					worker.onerror = ({ message }) => reject(new Error(message));
					worker.postMessage({ number: 0, request: { kind: 'salt', session, picture } });
				});
				worker.terminate();
				const { answer, failure } = reply;
				if (answer === undefined) return { failure: failure ?? 'nothing' };
				const hex = (bytes: Uint8Array): string =>
					Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
				return answer.shares === undefined
					? { id: answer.id, body: hex(answer.body ?? new Uint8Array()) }
					: {
							id: answer.id,
							shares: answer.shares.map(({ sealed, receipt }) => ({ sealed: hex(sealed), receipt })),
						};
			},
			{ keystream, script, samples, ...parts },
		);
}

test('the worker that the page ships salts as the recorded vectors say', async (t) => {
	if (!needs(t, 'chromium')) return;
	const vectors = await readVectors();
	const salt = await startWorker(t, vectors);
	t.true(vectors.cases.length >= 4);
	for (const { mechanism, bodyHex } of vectors.cases) {
		t.is((await salt({ mechanism })).body, bodyHex, JSON.stringify(mechanism));
	}
});

for (const bits of [8, 1] as const) {
	test(`the worker shares ${bits} bits of a sample as the command line does, and seals each part to its server`, async (t) => {
		if (!needs(t, 'chromium')) return;
		const vectors = await readVectors();
		const keys = await Promise.all([1, 2, 3].map((byte) => keyPairOf(new Uint8Array(32).fill(byte))));
		const parties = keys.map(({ publicKey }, party) => ({
			...{ url: `https://127.0.0.1:${7600 + party}`, fingerprint: 'ab' },
			uploadKey: hexOf(publicKey),
		}));
		const mechanism: SessionParameters['mechanism'] = { kind: 'shares', bits, budget: null };
		const share = await startWorker(t, vectors);
		const { id = '', shares = [], failure } = await share({ mechanism, shares: { parties, uploadToken: 'token' } });
		t.is(failure, undefined);

		// the same, by what `contribute` runs, from the same random bytes
		const random = createKeystream(vectors.keyHex, vectors.ivHex);
		const idBytes = new Uint8Array(16);
		random.fillInto(idBytes);
		t.is(id, hexOf(idBytes));
		const samples = new Uint8Array(Buffer.from(vectors.samplesHex, 'hex'));
		const session = { name: 'v', width: samples.length, height: 1, channels: 1, minBatch: 1, mechanism } as const;
		const bodies = await sharePlanes(createMechanism(mechanism).privatize(samples, random), random, expandKey);
		t.is(shares.length, 3);
		for (const [party, { sealed, receipt }] of shares.entries()) {
			const place = { session: await hashSession(crypto.subtle, session), id, party };
			const opened = await openShare(crypto.subtle, keys[party], place, new Uint8Array(Buffer.from(sealed, 'hex')));
			t.deepEqual(opened, { body: bodies[party], receipt });
		}
	});
}
