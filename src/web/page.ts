// The entry of the capture page.
import { VeilcamError } from '../core/errors.js';
import { runApp } from './app.js';
import { createCollector, WrongToken } from './collector.js';
import { el, metaOf, tokenInAddress } from './dom.js';
import { openKeep } from './keep.js';
import { createSalter } from './salter.js';
import { noticeScreen } from './screen.js';
import { chooseTexts } from './texts/choose.js';

const RETRY_MS = 2000;

const texts = chooseTexts(navigator.languages);
const collector = createCollector(metaOf('session'), tokenInAddress());
const root = el('main', { id: 'app' });

/** Waits so long, or until the browser says that it is online again. */
function wait(ms: number): Promise<void> {
	return new Promise((resolve) => {
		const end = (): void => {
			clearTimeout(timer);
			removeEventListener('online', end);
			resolve();
		};
		const timer = setTimeout(end, ms);
		addEventListener('online', end);
	});
}

function jitter(): number {
	return crypto.getRandomValues(new Uint16Array(1))[0] / 65_536;
}

function say(title: string, text?: string): void {
	const action = { label: texts.reload, run: () => location.reload() };
	root.replaceChildren(noticeScreen(text === undefined ? { title } : { title, text, action }).element);
}

async function start(): Promise<void> {
	say(texts.connecting);
	for (;;) {
		try {
			const session = await collector.session();
			const keep = await openKeep(globalThis.indexedDB);
			const salter = createSalter(new Worker(metaOf('worker')));
			return await runApp(root, { texts, session, collector, keep, salter, wait, jitter });
		} catch (error) {
			if (error instanceof WrongToken) return say(texts.wrongTokenTitle, texts.wrongToken);
			if (error instanceof VeilcamError) return say(texts.otherVersionTitle, error.message);
			say(texts.away);
			await wait(RETRY_MS);
		}
	}
}

document.documentElement.lang = texts.language;
// mistakes of ours, and a worker that cannot be started: a page that stands still would say nothing
addEventListener('unhandledrejection', ({ reason }) => {
	say(texts.brokenTitle, reason instanceof Error ? reason.message : String(reason));
});
// another code was scanned into the same tab
addEventListener('hashchange', () => location.reload());
document.body.append(
	el('header', {}, el('span', { class: 'brand' }, texts.title), el('span', {}, metaOf('session'))),
	root,
);
void start();
