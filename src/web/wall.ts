// The entry of the page for the projector.
import { isReleasedWhenAsked } from '../core/average/mechanism-parameters.js';
import type { SessionDescription } from '../core/average/session-description.js';
import { qrModules } from '../core/qr-code.js';
import { createCollector, WrongToken } from './collector.js';
import { el, metaOf, svg, tokenInAddress } from './dom.js';
import { isOnOneComputer } from './privacy-words.js';
import { noticeScreen } from './screen.js';
import { eventData } from './server-events.js';
import { textsFor } from './session-texts.js';
import { chooseTexts } from './texts/choose.js';

/** What the wall reads of a snapshot. */
interface Snapshot {
	readonly count: number;
	readonly minBatch: number;
	readonly releasedCount: number;
	readonly expectedRmseGray: number | null;
	readonly mechanismText: string;
}

const RETRY_MS = 1000;
/** The collector sends a comment every 15 seconds. */
const SILENCE_MS = 40_000;

const texts = chooseTexts(navigator.languages);
const token = tokenInAddress();
const collector = createCollector(metaOf('session'), token);
const page = metaOf('page');

/** One path for all dark modules: a square each. */
function codeOf(text: string): SVGSVGElement {
	const modules = qrModules(text);
	const squares = modules.flatMap((row, y) => row.flatMap((isDark, x) => (isDark ? `M${x} ${y}h1v1h-1z` : [])));
	const size = String(modules.length);
	return svg(
		'svg',
		{ class: 'code', viewBox: `0 0 ${size} ${size}`, role: 'img', 'aria-label': texts.wallCodeAlt },
		svg('rect', { width: size, height: size, fill: '#fff' }),
		svg('path', { d: squares.join(''), fill: '#000' }),
	);
}

function createWall() {
	// the frame takes the shape of the picture, so that no bars are beside it
	const fit = (): void => screen.style.setProperty('--ratio', String(picture.naturalWidth / picture.naturalHeight));
	const picture = el('img', { alt: '', hidden: true, onload: fit });
	const waiting = el('p', { class: 'waiting' });
	const count = el('strong', {}, '0');
	const error = el('strong', {}, '–');
	const bar = el('progress', { 'aria-label': texts.wallNext });
	const secret = el('p', { class: 'quiet' });
	const away = el('p', { class: 'status trouble', role: 'status' });
	const fact = (value: HTMLElement, label: string): HTMLElement =>
		el('p', { class: 'fact' }, value, el('span', {}, label));
	const address = new URL(page);
	const screen = el('section', { class: 'screen', 'aria-label': texts.averageTitle }, picture, waiting);
	const element = el(
		'div',
		{ class: 'wall' },
		screen,
		el(
			'section',
			{ class: 'side' },
			el('h1', {}, texts.wallTitle),
			fact(count, texts.wallPictures),
			fact(error, texts.wallError),
			el('p', { class: 'next' }, bar, el('span', {}, texts.wallNext)),
			el(
				'div',
				{ class: 'join' },
				codeOf(token === '' ? page : `${page}#${encodeURIComponent(token)}`),
				el('p', {}, el('b', {}, texts.wallJoin), el('br', {}), address.host),
				metaOf('certificate') === 'self' ? el('p', { class: 'quiet' }, texts.wallWarning) : null,
			),
			secret,
			away,
		),
	);
	let shown = 0;
	return {
		element,
		away: (text: string): void => {
			away.textContent = text;
		},
		async show(snapshot: Snapshot, session: SessionDescription): Promise<void> {
			const { minBatch, releasedCount, expectedRmseGray } = snapshot;
			const words = textsFor(texts, session);
			const isAsked = isReleasedWhenAsked(session.mechanism);
			const done = isAsked ? Math.min(minBatch, snapshot.count - releasedCount) : snapshot.count % minBatch;
			away.textContent = '';
			count.textContent = texts.wallCount(snapshot.count);
			error.textContent = errorText(expectedRmseGray);
			bar.max = minBatch;
			bar.value = done;
			const owned = isOnOneComputer(session.shares) ? ` ${texts.oneComputer}` : '';
			secret.textContent = words.wallPrivate(snapshot.mechanismText) + owned;
			if (releasedCount === shown) {
				const left = minBatch - Math.min(minBatch, snapshot.count);
				if (shown === 0) waiting.textContent = isAsked && left === 0 ? texts.wallAsked : texts.wallWaiting(left);
				return;
			}
			const average = await collector.average();
			if (average === null) return;
			URL.revokeObjectURL(picture.src);
			picture.src = URL.createObjectURL(average.picture);
			picture.alt = texts.averageAlt(average.count);
			picture.hidden = false;
			waiting.textContent = '';
			shown = releasedCount;
		},
	};
}

function errorText(gray: number | null): string {
	if (gray === null) return '–';
	return gray === 0 ? texts.wallExact : texts.wallGray(gray);
}

async function start(root: HTMLElement): Promise<void> {
	const wall = createWall();
	root.replaceChildren(wall.element);
	for (;;) {
		try {
			const session = await collector.session();
			for await (const data of eventData(await collector.events(), SILENCE_MS)) {
				await wall.show(JSON.parse(data), session);
			}
		} catch (error) {
			if (error instanceof WrongToken) {
				const action = { label: texts.reload, run: () => location.reload() };
				root.replaceChildren(noticeScreen({ title: texts.wrongTokenTitle, text: texts.wrongToken, action }).element);
				return;
			}
		}
		wall.away(texts.away);
		await new Promise((resolve) => setTimeout(resolve, RETRY_MS));
	}
}

document.documentElement.lang = texts.language;
addEventListener('hashchange', () => location.reload());
const root = el('main', { id: 'app', class: 'on-wall' });
document.body.append(root);
// a projector that goes dark is no projector; the browser may refuse
navigator.wakeLock?.request('screen').catch(() => {});
void start(root);
