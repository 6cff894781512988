import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import anyTest, { type ExecutionContext, type TestFn } from 'ava';
import { type Browser, type BrowserContext, type BrowserContextOptions, chromium, type Page } from 'playwright-core';
import { isInstalled } from '../../src/core/camera/grabber.js';
import { alignByEyes } from '../../src/core/image/align.js';
import { readImage, writeImage } from '../../src/core/image/files.js';
import { faceEyes, faces, pictureSize } from './fixtures.js';

const PROGRAM = '/usr/bin/chromium';

/** Nothing from the network, no graphics card, and a camera that shows a file. */
const FLAGS = [
	'--no-sandbox',
	'--disable-gpu',
	'--disable-quic',
	'--no-first-run',
	'--disable-background-networking',
	'--disable-component-update',
	'--disable-sync',
	'--use-fake-ui-for-media-stream',
];

export interface BrowserOptions {
	/** The camera shows this video; `none`: there is no camera; `denied`: the user refuses it. */
	readonly camera: { readonly video: string } | 'none' | 'denied';
}

/** Chromium without a window; it ends with the test. */
export async function startChromium(t: ExecutionContext, options: BrowserOptions): Promise<Browser> {
	const browser = await launchChromium(options);
	t.teardown(() => browser.close());
	return browser;
}

/** The same for as long as the caller wants. */
export function launchChromium({ camera }: BrowserOptions): Promise<Browser> {
	const device = camera === 'none' ? [] : ['--use-fake-device-for-media-stream'];
	const video = typeof camera === 'object' ? [`--use-file-for-fake-video-capture=${camera.video}`] : [];
	return chromium.launch({
		executablePath: PROGRAM,
		headless: true,
		args: [
			// the flag that always says yes would hide a refusal
			...FLAGS.filter((flag) => camera !== 'denied' || !flag.includes('fake-ui')),
			...device,
			...video,
		],
	});
}

/** A browser with a camera, and the folder of the stills that it shows; none where a program for it is lacking. */
export interface SharedCamera {
	readonly camera: Browser;
	readonly folder: string;
}

/** Tests with one browser with the camera for all of a file, one after the other: two cores do not carry a dozen. */
export function testWithCamera(): TestFn<SharedCamera> {
	const test = anyTest as TestFn<SharedCamera>;
	test.before(async (t) => {
		t.timeout(300_000);
		if (!isInstalled('chromium', process.env.PATH ?? '') || !isInstalled('ffmpeg', process.env.PATH ?? '')) return;
		const folder = await mkdtemp(join(tmpdir(), 'veilcam-test-'));
		t.context = { folder, camera: await launchChromium({ camera: { video: await faceVideo(folder) } }) };
	});
	test.after.always(async (t) => {
		await t.context.camera?.close();
	});
	return test;
}

/** Asks the open page for so many pictures. */
export async function consentAndSend(page: Page, count: number): Promise<void> {
	await page.getByRole('spinbutton', { name: 'How many pictures' }).fill(String(count));
	await page.getByRole('checkbox').check();
	await page.getByRole('button', { name: /^Take and send/ }).click();
}

export interface OpenPage {
	readonly page: Page;
	readonly context: BrowserContext;
	/** What went wrong in the page, and every request that left for another address. */
	readonly complaints: string[];
}

/** A page of its own context, at a phone's width unless told otherwise; a self-signed certificate is accepted. */
export async function openPage(
	t: ExecutionContext,
	browser: Browser,
	address: string,
	options: BrowserContextOptions = {},
): Promise<OpenPage> {
	const context = await browser.newContext({
		viewport: { width: 375, height: 812 },
		locale: 'en',
		ignoreHTTPSErrors: true,
		...options,
	});
	t.teardown(() => context.close());
	context.setDefaultTimeout(60_000);
	const page = await context.newPage();
	const complaints: string[] = [];
	const { origin } = new URL(address);
	page.on('pageerror', (error) => complaints.push(error.message));
	page.on('console', (message) => {
		if (/Content.Security.Policy|Refused to/i.test(message.text())) complaints.push(message.text());
	});
	page.on('request', (request) => {
		const url = request.url();
		if (!url.startsWith(`${origin}/`) && !url.startsWith(`blob:${origin}/`)) complaints.push(`a request for ${url}`);
	});
	await page.goto(address);
	return { page, context, complaints };
}

/** A video of the sixteen faces, eyes at the marks of the oval, a second each; made by ffmpeg. */
export async function faceVideo(folder: string): Promise<string> {
	const stills = join(folder, 'stills');
	await mkdir(stills, { recursive: true });
	const known: { faces: Record<string, Record<'leftEye' | 'rightEye', [number, number]>> } = JSON.parse(
		await readFile(faceEyes, 'utf8'),
	);
	for (const [i, file] of faces.entries()) {
		const { leftEye, rightEye } = known.faces[`face-${String(i + 1).padStart(2, '0')}.jpg`];
		const [left, right] = [leftEye, rightEye].map(([x, y]) => ({ x, y }));
		const size = { width: 2 * pictureSize.width, height: 2 * pictureSize.height };
		const aligned = alignByEyes(await readImage(file, { channels: 3 }), { left, right }, size);
		await writeImage(stillOf(folder, i), aligned);
	}
	const video = join(folder, 'faces.mjpeg');
	const input = ['-framerate', '1', '-i', join(stills, 'face-%02d.png')];
	const output = ['-vf', 'fps=10', '-c:v', 'mjpeg', '-q:v', '3', '-pix_fmt', 'yuvj420p', '-f', 'mjpeg', video];
	await promisify(execFile)('ffmpeg', ['-loglevel', 'error', ...input, ...output]);
	return video;
}

/** The picture that `faceVideo` shows in its second `index`. */
export function stillOf(folder: string, index: number): string {
	return join(folder, 'stills', `face-${String(index + 1).padStart(2, '0')}.png`);
}

/** Keeps a screenshot to look at where VEILCAM_SCREENSHOTS names a folder. */
export async function keepScreenshot(page: Page, name: string): Promise<void> {
	const folder = process.env.VEILCAM_SCREENSHOTS;
	if (folder === undefined) return;
	await mkdir(folder, { recursive: true });
	await writeFile(join(folder, `${name}.png`), await page.screenshot({ fullPage: true }));
}
