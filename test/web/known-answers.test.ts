import { createCipheriv } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import test from 'ava';
import { startChromium } from '../helpers/chromium.js';
import { packageRoot } from '../helpers/fixtures.js';
import { needs } from '../helpers/needs.js';

/**
 * The worker as it is shipped, in a real browser, with a generator that gives the keystream of the recorded vectors in
 * place of random bytes: what it salts has to be what the second implementation of the vectors salted.
 */
test('the worker that the page ships salts as the recorded vectors say', async (t) => {
	if (!needs(t, 'chromium')) return;
	const assets = join(packageRoot, 'dist', 'web', 'assets');
	const [name = ''] = (await readdir(assets)).filter((file) => file.startsWith('salt-worker-'));
	const script = await readFile(join(assets, name), 'utf8');
	const vectors: {
		keyHex: string;
		ivHex: string;
		samplesHex: string;
		cases: { mechanism: { kind: string }; bodyHex: string }[];
	} = JSON.parse(await readFile(join(packageRoot, 'fixtures', 'vectors', 'average-reports.json'), 'utf8'));
	const cipher = createCipheriv('aes-128-ctr', Buffer.from(vectors.keyHex, 'hex'), Buffer.from(vectors.ivHex, 'hex'));
	const keystream = cipher.update(Buffer.alloc(4_000_000)).toString('base64');
	const samples = [...Buffer.from(vectors.samplesHex, 'hex')];

	const browser = await startChromium(t, { camera: 'none' });
	const page = await browser.newPage();
	const hexOf = (mechanism: unknown): Promise<string> =>
		page.evaluate(
			async (parts) => {
				const seeded = `
					const stream = Uint8Array.from(atob(${JSON.stringify(parts.keystream)}), (c) => c.charCodeAt(0));
					let at = 0;
					crypto.getRandomValues = (bytes) => {
						if (at + bytes.length > stream.length) throw new Error('the keystream is used up');
						bytes.set(stream.subarray(at, at += bytes.length));
						return bytes;
					};`;
				const worker = new Worker(URL.createObjectURL(new Blob([seeded, parts.script])));
				const { mechanism, samples: list } = parts;
				const session = { name: 'v', width: list.length, height: 1, channels: 1, minBatch: 1, mechanism };
				const picture = { width: list.length, height: 1, channels: 1, samples: Uint8Array.from(list) };
				const reply = await new Promise<{ answer?: { body: Uint8Array }; failure?: string }>((resolve, reject) => {
					worker.onmessage = ({ data }) => resolve(data);
					worker.onerror = ({ message }) => reject(new Error(message));
					worker.postMessage({ number: 0, request: { kind: 'salt', session, picture } });
				});
				worker.terminate();
				if (reply.answer === undefined) throw new Error(reply.failure);
				return Array.from(reply.answer.body, (byte) => byte.toString(16).padStart(2, '0')).join('');
			},
			{ keystream, script, samples, mechanism },
		);
	t.true(vectors.cases.length >= 4);
	for (const { mechanism, bodyHex } of vectors.cases) t.is(await hexOf(mechanism), bodyHex, JSON.stringify(mechanism));
});
