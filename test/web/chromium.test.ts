import { join } from 'node:path';
import type { ExecutionContext } from 'ava';
import jsqr from 'jsqr';
import type { SessionParameters } from '../../src/core/average/session.js';
import { decodeImage } from '../../src/core/image/decode.js';
import { readImage } from '../../src/core/image/files.js';
import { resize } from '../../src/core/image/geometry.js';
import { selfSignedIdentity } from '../../src/services/self-signed.js';
import {
	consentAndSend,
	keepScreenshot,
	openPage,
	startChromium,
	stillOf,
	testWithCamera,
} from '../helpers/chromium.js';
import { startTestCollector } from '../helpers/collector.js';
import { faces } from '../helpers/fixtures.js';
import { until } from '../helpers/http.js';
import { needs } from '../helpers/needs.js';
import { temporaryFolder } from '../helpers/temp-folder.js';

const TOKEN = 'a-token_of-the-room';
const SHAPE = { width: 64, height: 48, minBatch: 4 };

/** A room with TLS and a token, as `collect --room` starts it. */
async function startRoom(t: ExecutionContext, session: Partial<SessionParameters> = SHAPE) {
	const identity = await selfSignedIdentity(join(await temporaryFolder(t), 'tls.pem'), ['127.0.0.1'], new Date());
	return startTestCollector(t, session, { identity, token: TOKEN });
}

const test = testWithCamera();

const widths = [
	['a phone', { width: 375, height: 812 }],
	['a desktop', { width: 1280, height: 800 }],
] as const;

for (const [name, viewport] of widths) {
	test.serial(`on ${name} a person sees what leaves, agrees, sends, and sees the average`, async (t) => {
		if (!needs(t, 'chromium') || !needs(t, 'ffmpeg')) return;
		t.timeout(300_000);
		const { url, collector } = await startRoom(t, { width: 320, height: 240, minBatch: 4 });
		const browser = t.context.camera;
		const { page, complaints } = await openPage(t, browser, `${url}/#${TOKEN}`, { viewport });
		const shot = (step: string): Promise<void> => keepScreenshot(page, `${name.replace('a ', '')}-${step}`);
		await page.getByRole('heading', { name: 'Lend your face to the room' }).waitFor();
		await shot('1-welcome');
		await page.getByRole('button', { name: 'Start the camera' }).click();
		await page.getByText(/The guess above is (?:poor|fair|good)/).waitFor();
		await shot('2-studio');
		t.is(collector.count, 0);

		// consent comes first, and the button says so
		const send = page.getByRole('button', { name: 'Take and send 5 pictures' });
		// Playwright waits for a button that is not disabled; people do not
		await send.click({ force: true });
		await page.getByText('Tick the box above first.').waitFor();
		t.is(await page.evaluate(() => document.activeElement?.id), 'consent');
		t.is(collector.count, 0);
		await consentAndSend(page, 4);
		await page.getByText('Picture 2 of 4').waitFor();
		await shot('3-sending');
		await page.getByText('4 pictures of yours are in the average.').waitFor();
		t.is(collector.count, 4);
		await page.getByRole('img', { name: 'The average of 4 pictures' }).waitFor();
		await shot('4-thanks');
		const overflow = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
		t.true(overflow <= 0, `${overflow} pixels stick out`);
		t.deepEqual(complaints, []);
	});
}

test.serial('what is shown as staying is not what leaves, and reports are noise of the pictures', async (t) => {
	if (!needs(t, 'chromium') || !needs(t, 'ffmpeg')) return;
	t.timeout(300_000);
	const { url } = await startRoom(t);
	const { page } = await openPage(t, t.context.camera, `${url}/#${TOKEN}`);
	const bodies: Buffer[] = [];
	page.on('request', (request) => {
		if (request.method() === 'PUT') bodies.push(request.postDataBuffer() ?? Buffer.alloc(0));
	});
	await page.getByRole('button', { name: 'Start the camera' }).click();
	await page.getByText(/The guess above is/).waitFor();
	t.is(bodies.length, 0);
	await consentAndSend(page, 3);
	await page.getByText('3 pictures of yours are in the average.').waitFor();
	t.is(bodies.length, 3);
	for (const body of bodies) t.is(body.length, (64 * 48) / 8);
	const values = await page.evaluate(() => {
		const [canvas] = document.querySelectorAll('canvas');
		return canvas === undefined ? [] : null;
	});
	// the thanks show no camera any more
	t.deepEqual(values, []);
});

for (const way of ['in the worker', 'on the page'] as const) {
	test.serial(`a frame that is cut ${way} is the picture that the camera shows`, async (t) => {
		if (!needs(t, 'chromium') || !needs(t, 'ffmpeg')) return;
		t.timeout(300_000);
		// noise of one gray level: a report is the picture
		const session = { ...SHAPE, mechanism: { kind: 'uniform', amplitude: 1 } } as const;
		const { url } = await startRoom(t, session);
		const { page, context } = await openPage(t, t.context.camera, `${url}/#${TOKEN}`);
		await context.addInitScript((isOldBrowser) => {
			if (isOldBrowser) Object.assign(globalThis, { VideoFrame: undefined });
			const post = Worker.prototype.postMessage;
			Worker.prototype.postMessage = function (this: Worker, message: { request: { picture?: object } }, ...rest) {
				if (message.request.picture !== undefined) {
					Object.assign(globalThis, { isFrame: 'frame' in message.request.picture });
				}
				return Reflect.apply(post, this, [message, ...rest]);
			};
		}, way === 'on the page');
		await page.reload();
		const sending = page.waitForRequest((request) => request.method() === 'PUT');
		await page.getByRole('button', { name: 'Start the camera' }).click();
		await page.getByText(/The guess above is/).waitFor();
		await consentAndSend(page, 1);
		const body = (await sending).postDataBuffer() ?? Buffer.alloc(0);
		t.is(await page.evaluate(() => Reflect.get(globalThis, 'isFrame')), way === 'in the worker');
		const sent = Array.from({ length: 64 * 48 }, (_, i) => body.readInt16LE(2 * i));
		const errors = await Promise.all(
			faces.map(async (_face, i) => {
				const still = await readImage(stillOf(t.context.folder, i), { channels: 1 });
				const { samples } = await resize(still, { width: 64, height: 48 });
				return Math.sqrt(sent.reduce((sum, level, at) => sum + (level - samples[at]) ** 2, 0) / sent.length);
			}),
		);
		errors.sort((a, b) => a - b);
		t.true(errors[0] < 15 && errors[1] > 30, `RMSE to the nearest faces: ${errors.slice(0, 2).join(', ')}`);
	});
}

test.serial('all of it works by keyboard alone', async (t) => {
	if (!needs(t, 'chromium') || !needs(t, 'ffmpeg')) return;
	t.timeout(300_000);
	const { url, collector } = await startRoom(t);
	const { page } = await openPage(t, t.context.camera, `${url}/#${TOKEN}`);
	const focused = (): Promise<string> =>
		page.evaluate(() => `${document.activeElement?.tagName} ${document.activeElement?.id}`);
	const tabTo = async (wanted: RegExp): Promise<void> => {
		for (let presses = 0; presses < 20; presses++) {
			const text = await page.evaluate(() => document.activeElement?.textContent ?? '');
			if (wanted.test(`${await focused()} ${text}`)) return;
			await page.keyboard.press('Tab');
		}
		t.fail(`no way to ${wanted}`);
	};
	await page.getByRole('heading', { name: 'Lend your face' }).waitFor();
	// a screen reader begins at the heading
	await page.waitForFunction(() => document.activeElement?.tagName === 'H1');
	await tabTo(/Start the camera/);
	await page.keyboard.press('Enter');
	await page.getByText(/The guess above is/).waitFor();
	t.regex(await focused(), /^H1/);
	await tabTo(/count/);
	await page.keyboard.press('Control+A');
	await page.keyboard.type('2');
	await tabTo(/consent/);
	await page.keyboard.press('Space');
	await tabTo(/Take and send 2 pictures/);
	await page.keyboard.press('Enter');
	await page.getByText('2 pictures of yours are in the average.').waitFor();
	t.is(collector.count, 2);
	// every control and every picture has a name
	const nameless = await page.evaluate(() =>
		[...document.querySelectorAll('button, input, img, canvas, progress')]
			.filter((element) => element.closest('[hidden]') === null)
			.filter((element) => {
				const label = element.id === '' ? null : document.querySelector(`label[for="${element.id}"]`);
				const said = [element.getAttribute('aria-label'), element.getAttribute('alt'), element.textContent];
				return label === null && said.every((text) => text === null || text.trim() === '');
			})
			.map(({ outerHTML }) => outerHTML),
	);
	t.deepEqual(nameless, []);
});

test.serial('a reload in the middle goes on with the same ids and bytes', async (t) => {
	if (!needs(t, 'chromium') || !needs(t, 'ffmpeg')) return;
	t.timeout(300_000);
	const { url, collector } = await startRoom(t);
	const { page, context } = await openPage(t, t.context.camera, `${url}/#${TOKEN}`);
	const sent = new Map<string, string>();
	let changed = 0;
	page.on('request', (request) => {
		if (request.method() !== 'PUT') return;
		const body = (request.postDataBuffer() ?? Buffer.alloc(0)).toString('hex');
		if (sent.has(request.url()) && sent.get(request.url()) !== body) changed++;
		sent.set(request.url(), body);
	});
	await page.getByRole('button', { name: 'Start the camera' }).click();
	await page.getByText(/The guess above is/).waitFor();
	// the answers are lost, not the reports: what is sent again was counted already
	await context.route('**/reports/*', async (route) => {
		await route.fetch();
		await route.abort();
	});
	await consentAndSend(page, 3);
	await page.getByText('The room does not answer.').waitFor();
	await page.getByText('Picture 3 of 3').waitFor();
	await page.reload();
	await page.getByText('The room does not answer.').waitFor();
	await context.unroute('**/reports/*');
	await page.evaluate(() => dispatchEvent(new Event('online')));
	const keptReports = (): Promise<number> =>
		page.evaluate(async () => {
			const opening = indexedDB.open('veilcam', 1);
			const database = await new Promise<IDBDatabase>((resolve) => {
				opening.onsuccess = () => resolve(opening.result);
			});
			const counting = database.transaction('reports').objectStore('reports').count();
			return new Promise((resolve) => {
				counting.onsuccess = () => resolve(counting.result);
			});
		});
	await until(async () => (await keptReports()) === 0);
	t.is(sent.size, 3);
	t.is(changed, 0);
	t.is(collector.count, 3);
	t.true(collector.duplicates >= 1);
});

test.serial('a network that is lost while pictures are taken loses none', async (t) => {
	if (!needs(t, 'chromium') || !needs(t, 'ffmpeg')) return;
	t.timeout(300_000);
	const { url, collector } = await startRoom(t);
	const { page, context } = await openPage(t, t.context.camera, `${url}/#${TOKEN}`);
	await page.getByRole('button', { name: 'Start the camera' }).click();
	await page.getByText(/The guess above is/).waitFor();
	await consentAndSend(page, 4);
	await page.getByText('1 of 4 counted by the room').waitFor();
	await context.setOffline(true);
	await page.getByText('The room does not answer. Your salted pictures are kept').waitFor();
	await keepScreenshot(page, 'phone-offline');
	await page.getByText('Picture 4 of 4').waitFor();
	await context.setOffline(false);
	await page.getByText('4 pictures of yours are in the average.').waitFor();
	t.is(collector.count, 4);
});

test.serial('a wrong token is told with what to do, and a room that is away is waited for', async (t) => {
	if (!needs(t, 'chromium')) return;
	t.timeout(300_000);
	const { url } = await startRoom(t);
	const browser = await startChromium(t, { camera: 'none' });
	for (const address of [`${url}/#wrong`, `${url}/`, `${url}/#%E0%A4%A`, `${url}/wall#wrong`]) {
		const { page, context } = await openPage(t, browser, address);
		await page.getByRole('heading', { name: 'This link does not open the room' }).waitFor();
		await page.getByText('Scan the code on the wall again.').waitFor();
		await context.close();
	}
	const { page, context } = await openPage(t, browser, `${url}/#${TOKEN}`);
	await context.route('**/session', (route) => route.abort());
	await page.reload();
	await page.getByRole('heading', { name: 'The room does not answer' }).waitFor();
	await context.unroute('**/session');
	await page.getByRole('heading', { name: 'Lend your face' }).waitFor();
	t.pass();
});

for (const [camera, title] of [
	['none', 'There is no camera'],
	['denied', 'The camera is not allowed'],
] as const) {
	test.serial(`without a camera (${camera}) the page says why and what to do`, async (t) => {
		if (!needs(t, 'chromium')) return;
		t.timeout(300_000);
		const { url } = await startRoom(t);
		const { page, complaints } = await openPage(t, await startChromium(t, { camera }), `${url}/#${TOKEN}`);
		await page.getByRole('button', { name: 'Start the camera' }).click();
		await page.getByRole('heading', { name: title }).waitFor();
		await keepScreenshot(page, `phone-${camera}`);
		await page.getByRole('button', { name: 'Try again' }).click();
		await page.getByRole('heading', { name: title }).waitFor();
		t.deepEqual(complaints, []);
	});
}

test.serial('the wall shows the code to join, the count, and the average as it emerges', async (t) => {
	if (!needs(t, 'chromium') || !needs(t, 'ffmpeg')) return;
	t.timeout(300_000);
	const { url } = await startRoom(t);
	const browser = t.context.camera;
	const viewport = { width: 1920, height: 1080 };
	const { page: wall, complaints } = await openPage(t, browser, `${url}/wall#${TOKEN}`, { viewport });
	await wall.getByText('4 pictures until the average appears').waitFor();
	await wall.getByText('certificate: choose').waitFor();
	const code = await wall.getByRole('img', { name: 'QR code of the address below' }).screenshot();
	const { width, height, samples } = await decodeImage(code, 'code.png', { channels: 3 });
	const rgba = new Uint8ClampedArray(width * height * 4).fill(255);
	for (let i = 0; i < width * height; i++) rgba.set(samples.subarray(3 * i, 3 * i + 3), 4 * i);
	const address = jsqr.default(rgba, width, height)?.data;
	t.is(address, `${url}/#${TOKEN}`);

	const { page: phone } = await openPage(t, browser, String(address));
	await phone.getByRole('button', { name: 'Start the camera' }).click();
	await phone.getByText(/The guess above is/).waitFor();
	await consentAndSend(phone, 4);
	await wall.getByRole('img', { name: 'The average of 4 pictures' }).waitFor();
	await wall.locator('strong', { hasText: /^4$/ }).waitFor();
	await wall.getByText(/^±\d+ gray levels$/).waitFor();
	await keepScreenshot(wall, 'wall');
	for (const size of [viewport, { width: 1280, height: 720 }, { width: 1024, height: 768 }]) {
		await wall.setViewportSize(size);
		const measured = await wall.evaluate(() => {
			const { scrollWidth, scrollHeight } = document.documentElement;
			const side = document.querySelector('.side');
			const frame = document.querySelector('.screen')?.getBoundingClientRect();
			return {
				sticksOut: [scrollWidth > innerWidth, scrollHeight > innerHeight],
				isSideCut: (side?.scrollHeight ?? 0) > (side?.clientHeight ?? 0),
				shape: (frame?.width ?? 0) / (frame?.height ?? 1),
				isLarge: (frame?.width ?? 0) > 0.65 * innerWidth,
			};
		});
		t.like(measured, { sticksOut: [false, false], isSideCut: false, isLarge: true }, JSON.stringify(size));
		// the frame is the picture's: no bars beside it
		t.true(Math.abs(measured.shape - 64 / 48) < 0.02, String(measured.shape));
	}
	t.deepEqual(complaints, []);
});

test.serial('the page speaks the language of the browser', async (t) => {
	if (!needs(t, 'chromium')) return;
	const { url } = await startRoom(t);
	const browser = await startChromium(t, { camera: 'none' });
	const { page } = await openPage(t, browser, `${url}/#${TOKEN}`, { locale: 'de-CH' });
	await page.getByRole('heading', { name: 'Leih dem Raum dein Gesicht' }).waitFor();
	t.is(await page.evaluate(() => document.documentElement.lang), 'de');
});
