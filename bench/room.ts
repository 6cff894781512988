// A room of 40 phones: pages in real Chromium, and clients that speak the protocol, send 1,000 pictures at once.
import { mkdtempSync, rmSync } from 'node:fs';
import { loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Browser, chromium, type Page } from 'playwright-core';
import { parseSessionParameters } from '../src/core/average/session.js';
import { testPattern } from '../src/core/camera/test-pattern.js';
import type { Image } from '../src/core/image/image.js';
import { openConnection } from '../src/services/client/connection.js';
import { runContribution } from '../src/services/client/contribute-run.js';
import { createReportSeed, SEED_BYTES } from '../src/services/client/report-seed.js';
import { type Collector, startCollector } from '../src/services/collector/start-collector.js';
import { selfSignedIdentity } from '../src/services/self-signed.js';
import { median } from './wrk.js';

const PHONES = 40;
/** As many as two cores carry beside everything else. */
const PAGES = 4;
/** Starts of a page that has the machine for itself. */
const STARTS_ALONE = 5;
const PICTURES_PER_PHONE = 25;
const TOKEN = 'bench-token';
const FLAGS = [
	...['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking'],
	...['--disable-component-update', '--disable-sync', '--use-fake-device-for-media-stream'],
	...['--use-fake-ui-for-media-stream', '--disable-renderer-backgrounding', '--disable-background-timer-throttling'],
	'--disable-backgrounding-occluded-windows',
];

const session = parseSessionParameters({
	...{ name: 'room', width: 320, height: 240, channels: 1, minBatch: 20 },
	mechanism: { kind: 'one-bit', epsilon: 2 },
});

/** What one page measured of itself, in milliseconds. */
interface PageLoad {
	/** From the first byte of the page to the consent: the start of the camera and the guess are in it. */
	readonly longestBeforeMs: number;
	/** From the consent to the thanks. */
	readonly longestSendingMs: number;
	/** Between two frames, over all. */
	readonly longestGapMs: number;
}

/** The table of this benchmark, in Markdown. */
export async function benchRoom(): Promise<string> {
	const folder = mkdtempSync(join(tmpdir(), 'veilcam-bench-'));
	const identity = await selfSignedIdentity(join(folder, 'tls.pem'), ['127.0.0.1'], new Date());
	const collector = await startCollector({
		...{ session, identity, storeFile: join(folder, 'room.db'), host: '127.0.0.1', port: 0, token: TOKEN },
		...{ nowMs: () => performance.now(), warnings: [], onDeath: () => {} },
	});
	const browser = await chromium.launch({ executablePath: '/usr/bin/chromium', headless: true, args: FLAGS });
	try {
		// a phone has the page alone; pages that start at once on these cores wait for each other
		const alone: number[] = [];
		for (let start = 0; start < STARTS_ALONE; start++) {
			const page = await readyPage(browser, collector);
			alone.push((await loadOf(page, Number.POSITIVE_INFINITY)).longestBeforeMs);
			await page.context().close();
		}
		const pages = await Promise.all(Array.from({ length: PAGES }, () => readyPage(browser, collector)));
		const startedMs = performance.now();
		const [loads] = await Promise.all([
			Promise.all(pages.map(sendFrom)),
			Promise.all(Array.from({ length: PHONES - PAGES }, () => sendByProtocol(collector, identity.fingerprint))),
		]);
		const seconds = (performance.now() - startedMs) / 1000;
		const wanted = PHONES * PICTURES_PER_PHONE;
		if (collector.count !== wanted) throw new Error(`counted ${collector.count} of ${wanted} pictures`);
		return [
			'| phones | of these pages | pictures sent | counted | lost | seconds |',
			'| --- | --- | --- | --- | --- | --- |',
			`| ${[PHONES, PAGES, wanted, collector.count, wanted - collector.count, seconds.toFixed(1)].join(' | ')} |`,
			'',
			'| longest task of a page | ms |',
			'| --- | --- |',
			`| from the address to the guess, camera and all; one page, ${STARTS_ALONE} starts | ${longestOf(alone)} |`,
			`| the same, ${PAGES} pages at once | ${longestOf(loads.map(({ longestBeforeMs }) => longestBeforeMs))} |`,
			`| while sending, ${PHONES} phones | ${longestOf(loads.map(({ longestSendingMs }) => longestSendingMs))} |`,
			`| longest gap between two frames, median of the ${PAGES} pages | ${median(loads.map(({ longestGapMs }) => longestGapMs)).toFixed(0)} |`,
			'',
			'Pages in Chromium without a graphics card, each with a camera that a program imitates; all on the cores of the',
			'collector. A task is work of the page that nothing interrupts (PerformanceObserver, longtask: from 50 ms on).',
			`Times are of the wall: they hold what other processes did on these cores meanwhile (load ${loadavg()[0].toFixed(1)}).`,
		].join('\n');
	} finally {
		await browser.close();
		await collector.close();
		rmSync(folder, { recursive: true, force: true });
	}
}

function longestOf(tasks: readonly number[]): string {
	const longest = Math.max(...tasks);
	return longest === 0 ? 'under 50' : longest.toFixed(0);
}

/** A page with its camera on and its guess made, which waits for the consent. */
async function readyPage(browser: Browser, collector: Collector): Promise<Page> {
	const context = await browser.newContext({
		...{ ignoreHTTPSErrors: true, locale: 'en', viewport: { width: 375, height: 812 }, permissions: ['camera'] },
	});
	context.setDefaultTimeout(180_000);
	await context.addInitScript(() => {
		const tasks: { startMs: number; ms: number }[] = [];
		const gaps: number[] = [];
		new PerformanceObserver((list) => {
			for (const { startTime, duration } of list.getEntries()) tasks.push({ startMs: startTime, ms: duration });
		}).observe({ type: 'longtask' });
		let lastMs = performance.now();
		const frame = (nowMs: number): void => {
			gaps.push(nowMs - lastMs);
			lastMs = nowMs;
			requestAnimationFrame(frame);
		};
		requestAnimationFrame(frame);
		Object.assign(globalThis, { measured: { tasks, gaps } });
	});
	const page = await context.newPage();
	await page.goto(`${collector.page}#${TOKEN}`);
	await page.getByRole('button', { name: 'Start the camera' }).click();
	await page.getByText(/The guess above is (?:poor|fair|good)/).waitFor();
	await page.getByRole('spinbutton').fill(String(PICTURES_PER_PHONE));
	await page.getByRole('checkbox').check();
	return page;
}

async function sendFrom(page: Page): Promise<PageLoad> {
	const consentMs = await page.evaluate(() => performance.now());
	await page.getByRole('button', { name: /^Take and send/ }).click();
	await page.getByText(`${PICTURES_PER_PHONE} pictures of yours are in the average.`).waitFor();
	return loadOf(page, consentMs);
}

/** What a page has measured, before and after a time of its own. */
function loadOf(page: Page, splitMs: number): Promise<PageLoad> {
	return page.evaluate((afterMs) => {
		const { measured } = globalThis as unknown as {
			measured: { tasks: { startMs: number; ms: number }[]; gaps: number[] };
		};
		const longest = (isAfter: boolean): number =>
			Math.max(0, ...measured.tasks.filter(({ startMs }) => startMs >= afterMs === isAfter).map(({ ms }) => ms));
		return {
			longestBeforeMs: longest(false),
			longestSendingMs: longest(true),
			longestGapMs: Math.max(0, ...measured.gaps),
		};
	}, splitMs);
}

async function sendByProtocol(collector: Collector, fingerprint: string): Promise<void> {
	const connection = await openConnection({ url: collector.url, token: TOKEN, fingerprint, concurrency: 1 });
	try {
		const secret = crypto.getRandomValues(new Uint8Array(SEED_BYTES));
		await runContribution({
			...{ connection, session, frames: frames(), firstNumber: 0, seed: createReportSeed(secret), concurrency: 1 },
			upload: {
				retryForMs: 60_000,
				signal: new AbortController().signal,
				nowMs: () => performance.now(),
				jitter: () => 0.5,
			},
			onSettled: () => {},
			onRetry: () => {},
			onRejected: (reason) => {
				throw new Error(reason);
			},
		});
	} finally {
		connection.close();
	}
}

async function* frames(): AsyncGenerator<Image> {
	for (let index = 0; index < PICTURES_PER_PHONE; index++) yield testPattern(index, session, session.channels);
}
