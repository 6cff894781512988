import { join } from 'node:path';
import type { ExecutionContext } from 'ava';
import type { Page } from 'playwright-core';
import type { SessionParameters } from '../../src/core/average/session.js';
import { decodeNpyFloat64 } from '../../src/core/npy.js';
import { selfSignedIdentity } from '../../src/services/self-signed.js';
import { consentAndSend, keepScreenshot, openPage, testWithCamera } from '../helpers/chromium.js';
import { until } from '../helpers/http.js';
import { needs } from '../helpers/needs.js';
import { startSharesRoom } from '../helpers/shares-room.js';
import { temporaryFolder } from '../helpers/temp-folder.js';

const TOKEN = 'a-token_of-the-room';

/** A room with TLS and a token, in front of three parties, as `collect --room --mechanism shares` starts it. */
async function startRoom(t: ExecutionContext, session: Partial<SessionParameters> = {}) {
	const identity = await selfSignedIdentity(join(await temporaryFolder(t), 'tls.pem'), ['127.0.0.1'], new Date());
	return startSharesRoom(t, { width: 64, height: 48, ...session }, { identity, token: TOKEN });
}

const test = testWithCamera();

async function startCamera(page: Page): Promise<void> {
	await page.getByRole('button', { name: 'Start the camera' }).click();
	await page.getByText(/The guess above is one gray/).waitFor();
}

/** Has the worker tell the page which pictures it shares: the gray levels before they are shared. */
async function tapPictures(page: Page): Promise<void> {
	await page.addInitScript(() => {
		const taken: number[][] = [];
		Object.assign(globalThis, { taken });
		// without frames the page cuts pictures itself, and hands gray levels to the worker
		Object.assign(globalThis, { VideoFrame: undefined });
		const post = Worker.prototype.postMessage;
		type Asked = { request: { kind: string; picture?: { samples?: Uint8Array } } };
		Worker.prototype.postMessage = function (this: Worker, message: Asked, ...rest) {
			const { kind, picture } = message.request;
			if (kind === 'salt' && picture?.samples !== undefined) taken.push([...picture.samples]);
			return Reflect.apply(post, this, [message, ...rest]);
		};
	});
	await page.reload();
}

for (const [name, viewport] of [
	['a phone', { width: 375, height: 812 }],
	['a desktop', { width: 1280, height: 800 }],
] as const) {
	test.serial(`on ${name} pictures go to three servers, and their average is exact`, async (t) => {
		if (!needs(t, 'chromium') || !needs(t, 'ffmpeg')) return;
		t.timeout(300_000);
		const room = await startRoom(t, { width: 320, height: 240 });
		const { page, complaints } = await openPage(t, t.context.camera, `${room.url}/#${TOKEN}`, { viewport });
		await tapPictures(page);
		const shot = (step: string): Promise<void> => keepScreenshot(page, `shares-${name.replace('a ', '')}-${step}`);
		await page.getByText('cuts each picture into three parts').waitFor();
		await shot('1-welcome');
		await startCamera(page);
		// both ways to hide a picture stand side by side, and the one of this room is marked
		await page.getByText(/From one upload anybody can guess this \(\d+\.\d dB\)/).waitFor();
		await page.getByText('Two together have the picture itself.').waitFor();
		await page.getByText('all three servers run on one computer').waitFor();
		const here = page.locator('.world', { has: page.getByText('this room') });
		await here.getByText('Parts for three servers').waitFor();
		t.is(await here.count(), 1);
		await shot('2-studio');
		t.is(room.collector.count, 0);
		await consentAndSend(page, 4);
		await page.getByText('2 of 4 held by all three servers').waitFor();
		await shot('3-sending');
		await page.getByText('4 pictures of yours are in the average.').waitFor();
		await page.getByRole('img', { name: 'The average of 4 pictures' }).waitFor();
		await shot('4-thanks');
		t.is(room.collector.count, 4);
		const taken = await page.evaluate<number[][]>('taken');
		t.is(taken.length, 4);
		const answer = await page.evaluate(async (path) => {
			const got = await fetch(path, { headers: { authorization: `Bearer ${location.hash.slice(1)}` } });
			return [...new Uint8Array(await got.arrayBuffer())];
		}, room.path('average.npy'));
		const { values } = decodeNpyFloat64(Uint8Array.from(answer), 'average');
		t.deepEqual(
			values,
			Float64Array.from({ length: 320 * 240 }, (_, i) => taken.reduce((sum, samples) => sum + samples[i], 0) / 4),
		);
		const overflow = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
		t.true(overflow <= 0, `${overflow} pixels stick out`);
		t.deepEqual(complaints, []);
	});
}

test.serial('what leaves are three sealed parts, of which the front can read none, and nothing else', async (t) => {
	if (!needs(t, 'chromium') || !needs(t, 'ffmpeg')) return;
	t.timeout(300_000);
	const room = await startRoom(t);
	const { page, complaints } = await openPage(t, t.context.camera, `${room.url}/#${TOKEN}`);
	const sent: { url: string; bytes: Buffer }[] = [];
	page.on('request', (request) => {
		if (request.method() === 'PUT')
			sent.push({ url: request.url(), bytes: request.postDataBuffer() ?? Buffer.alloc(0) });
	});
	await startCamera(page);
	t.is(sent.length, 0);
	await consentAndSend(page, 1);
	await page.getByText('One picture of yours is in the average.').waitFor();
	// 48 rows of 64 bits in eight planes, seeds of 16 bytes, and 81 for the seal
	const planes = 64 * 48;
	t.deepEqual(
		sent.map(({ bytes }) => bytes.length).sort((a, b) => a - b),
		[32 + 81, planes + 16 + 81, planes + 16 + 81],
	);
	t.is(new Set(sent.map(({ url }) => url.replace(/\d$/, ''))).size, 1);
	for (const { bytes } of sent) {
		// an uncompressed point, then bytes that look like noise: about half of all bits are set
		t.is(bytes[0], 4);
		const ones = bytes.subarray(65).reduce((sum, byte) => sum + byte.toString(2).replaceAll('0', '').length, 0);
		const bits = 8 * (bytes.length - 65);
		t.true(Math.abs(ones - bits / 2) < 3 * Math.sqrt(bits), `${ones} of ${bits}`);
	}
	t.deepEqual(complaints, []);
});

test.serial('a server that is away is told, nothing counts, and a reload goes on when it is back', async (t) => {
	if (!needs(t, 'chromium') || !needs(t, 'ffmpeg')) return;
	t.timeout(300_000);
	const room = await startRoom(t);
	const { page } = await openPage(t, t.context.camera, `${room.url}/#${TOKEN}`);
	const bodies = new Map<string, Set<string>>();
	page.on('request', (request) => {
		if (request.method() !== 'PUT') return;
		const known = bodies.get(request.url()) ?? new Set();
		bodies.set(request.url(), known.add((request.postDataBuffer() ?? Buffer.alloc(0)).toString('base64')));
	});
	await startCamera(page);
	await room.stop(1);
	await consentAndSend(page, 3);
	await page.getByText('Picture 3 of 3').waitFor();
	await page.getByText('One of the three servers does not answer. Your pictures are kept here').waitFor();
	await keepScreenshot(page, 'shares-phone-server-away');
	await page.getByText('0 of 3 held by all three servers').waitFor();
	t.is(room.collector.count, 0);
	await page.reload();
	await page.getByText('One of the three servers does not answer.').waitFor();
	await room.start(1);
	await page.evaluate(() => dispatchEvent(new Event('online')));
	await until(async () => room.collector.count === 3);
	t.is(bodies.size, 9);
	// the same bytes each time
	for (const known of bodies.values()) t.is(known.size, 1);
});

test.serial(
	'a wrong link, servers without a place, and servers that do not take a picture are told as such',
	async (t) => {
		if (!needs(t, 'chromium') || !needs(t, 'ffmpeg')) return;
		t.timeout(300_000);
		const room = await startRoom(t);
		const { page: stranger } = await openPage(t, t.context.camera, `${room.url}/#another-token_of-the-room`);
		await stranger.getByText('This link does not open the room').waitFor();
		const { page, context } = await openPage(t, t.context.camera, `${room.url}/#${TOKEN}`);
		await startCamera(page);
		const answers: [status: number, error: string, told: string | RegExp][] = [
			[429, 'overload', 'The room, or one of its servers, has no place now.'],
			[503, 'store-full', 'The room, or one of its servers, has no place now.'],
			[502, 'party away', 'One of the three servers does not answer.'],
			[400, 'not-sealed-here', 'The servers did not take one picture of yours. Load this page again'],
		];
		let [status, error] = answers[0];
		await context.route('**/shares/*/1', (route) => route.fulfill({ status, json: { error } }));
		await consentAndSend(page, 1);
		for (const [nextStatus, nextError, told] of answers) {
			[status, error] = [nextStatus, nextError];
			await page.evaluate(() => dispatchEvent(new Event('online')));
			await page.getByText(told).waitFor();
		}
		await page.getByText('No picture of yours is in the average.').waitFor();
		t.is(room.collector.count, 0);
	},
);

test.serial(
	'pictures that wait for a server that comes back with another key are given up, and that is told',
	async (t) => {
		if (!needs(t, 'chromium') || !needs(t, 'ffmpeg')) return;
		t.timeout(300_000);
		const room = await startRoom(t);
		const { page, context } = await openPage(t, t.context.camera, `${room.url}/#${TOKEN}`);
		await startCamera(page);
		await room.stop(1);
		await consentAndSend(page, 2);
		await page.getByText('Picture 2 of 2').waitFor();
		await page.getByText('One of the three servers does not answer.').waitFor();
		await context.route('**/session', async (route) => {
			const answer = await route.fetch();
			const session = await answer.json();
			// the keys of two servers in each other's place are points of the curve, too
			session.shares.parties[1].uploadKey = session.shares.parties[2].uploadKey;
			await route.fulfill({ json: session });
		});
		await page.reload();
		const told = page.getByText(
			'The room has changed, and what waited here for it (2 pictures) cannot be sent any more.',
		);
		await told.waitFor();
		await keepScreenshot(page, 'shares-phone-other-key');
		await room.start(1);
		await page.reload();
		await page.getByRole('button', { name: 'Start the camera' }).waitFor();
		t.is(await told.count(), 0);
		t.is(room.collector.count, 0);
	},
);

test.serial('a front that says more than the servers do is not believed', async (t) => {
	if (!needs(t, 'chromium') || !needs(t, 'ffmpeg')) return;
	t.timeout(300_000);
	const room = await startRoom(t);
	const { page, context } = await openPage(t, t.context.camera, `${room.url}/#${TOKEN}`);
	await startCamera(page);
	await context.route('**/shares/*/2', (route) =>
		route.fulfill({ status: 201, json: { status: 'accepted', receipt: 'ab'.repeat(16) } }),
	);
	await consentAndSend(page, 1);
	await page.getByText('A server has not proven that it has your picture.').waitFor();
	t.is(room.collector.count, 0);
	await context.unroute('**/shares/*/2');
	await page.evaluate(() => dispatchEvent(new Event('online')));
	await page.getByText('One picture of yours is in the average.').waitFor();
	await until(async () => room.collector.count === 1);
});

test.serial('one dithered bit per sample goes to the servers, too', async (t) => {
	if (!needs(t, 'chromium') || !needs(t, 'ffmpeg')) return;
	t.timeout(300_000);
	const room = await startRoom(t, { mechanism: { kind: 'shares', bits: 1, budget: null }, minBatch: 2 });
	const { page } = await openPage(t, t.context.camera, `${room.url}/#${TOKEN}`);
	await startCamera(page);
	await consentAndSend(page, 2);
	await page.getByText('2 pictures of yours are in the average.').waitFor();
	await page.getByRole('img', { name: 'The average of 2 pictures' }).waitFor();
	t.is(room.collector.count, 2);
});

test.serial('the wall of a room on shares says so, and that its average has no error', async (t) => {
	if (!needs(t, 'chromium') || !needs(t, 'ffmpeg')) return;
	t.timeout(300_000);
	const room = await startRoom(t, { minBatch: 2 });
	const viewport = { width: 1920, height: 1080 };
	const { page: wall, complaints } = await openPage(t, t.context.camera, `${room.url}/wall#${TOKEN}`, { viewport });
	await wall.getByText('2 pictures until the average appears').waitFor();
	await wall.getByText('all three servers run on one computer').waitFor();
	await wall.getByText('Three servers hold parts that look like noise, and none of them a picture').waitFor();
	const { page: phone } = await openPage(t, t.context.camera, `${room.url}/#${TOKEN}`);
	await startCamera(phone);
	await consentAndSend(phone, 2);
	await wall.getByRole('img', { name: 'The average of 2 pictures' }).waitFor();
	await wall.locator('strong', { hasText: /^none$/ }).waitFor();
	await keepScreenshot(wall, 'shares-wall');
	const sticksOut = await wall.evaluate(() => {
		const { scrollWidth, scrollHeight } = document.documentElement;
		return [scrollWidth > innerWidth, scrollHeight > innerHeight];
	});
	t.deepEqual(sticksOut, [false, false]);
	t.deepEqual(complaints, []);
});

test.serial('a room whose averages get noise says that they come when they are asked for', async (t) => {
	if (!needs(t, 'chromium') || !needs(t, 'ffmpeg')) return;
	t.timeout(300_000);
	const mechanism = { kind: 'shares', bits: 8, budget: { epsilon: 4, delta: 1e-6 } } as const;
	const room = await startRoom(t, { mechanism, minBatch: 2 });
	const { page } = await openPage(t, t.context.camera, `${room.url}/#${TOKEN}`);
	await startCamera(page);
	await page.getByText('Sums get noise before anybody sees them: epsilon 4, delta 0.000001').waitFor();
	await consentAndSend(page, 2);
	await page.getByText('2 pictures of yours are in the average.').waitFor();
	await page.getByText('The average appears when the room asks for it.').waitFor();
	t.is(room.collector.count, 2);
});
