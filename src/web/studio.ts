import type { SessionDescription } from '../core/average/session-description.js';
import type { Camera } from './camera.js';
import { ZOOM_RANGE } from './crop.js';
import { el } from './dom.js';
import { drawBitmap, nextFrame } from './draw.js';
import type { LiveView } from './live-view.js';
import { createPrivacyPanel } from './privacy-panel.js';
import type { Guess } from './salt-protocol.js';
import type { Salter } from './salter.js';
import { heading, type Screen } from './screen.js';
import { createStepper, PICTURE_RANGE } from './stepper.js';
import type { Texts } from './texts/en.js';
import { pictureCanvas, tile } from './tile.js';
import { createWorlds } from './worlds.js';

export interface StudioParts {
	readonly texts: Texts;
	readonly session: SessionDescription;
	readonly salter: Salter;
	readonly camera: Camera;
	readonly live: LiveView;
	/** Pictures that this person has taken before: all of them count for the figures. */
	readonly takenBefore: number;
	readonly firstCount: number;
	readonly onSend: (count: number) => void;
	readonly onStop: () => void;
}

/** The trial uploads that are shown: three a second look alive, and leave a phone cool. */
const SHOW_INTERVAL_MS = 330;

/** The camera, what would leave, what could be guessed, and the consent. Nothing is sent from here. */
export function studioScreen(parts: StudioParts): Screen {
	const { texts, session, salter, camera, live } = parts;
	const panel = createPrivacyPanel(texts, session);
	const worlds = createWorlds(texts, session);
	const leaves = pictureCanvas(texts.leavesAlt);
	const guessed = pictureCanvas(texts.guessAlt);
	let count = Math.min(PICTURE_RANGE.max, Math.max(PICTURE_RANGE.min, parts.firstCount));
	let guess: Guess | undefined;
	let isOpen = true;
	let hasGuessed = false;

	const account = async (): Promise<void> => {
		const answer = await salter.ask({ kind: 'account', session, pictures: parts.takenBefore + count });
		if (isOpen) panel.show(answer, guess);
	};
	const guessButton = el(
		'button',
		{ type: 'button', class: 'small', onclick: () => void guessNow() },
		texts.guessAgain,
	);
	const guessNow = async (): Promise<void> => {
		guessButton.disabled = true;
		guessButton.textContent = texts.guessing;
		guess = await salter.ask({ kind: 'guess', session, picture: live.grab(camera) });
		drawBitmap(guessed, guess.picture);
		worlds.show('own', guess);
		guessButton.disabled = false;
		guessButton.textContent = texts.guessAgain;
		await account();
		const other = await salter.ask({ kind: 'other', session, picture: live.grab(camera) });
		if (isOpen) worlds.show('other', other);
	};
	const showLoop = async (): Promise<void> => {
		// the screen is drawn first
		await nextFrame();
		while (isOpen) {
			const nextMs = performance.now() + SHOW_INTERVAL_MS;
			const picture = await salter.ask({ kind: 'show', session, picture: live.grab(camera) });
			if (!isOpen) return;
			drawBitmap(leaves, picture);
			if (!hasGuessed) {
				hasGuessed = true;
				void guessNow();
			}
			await new Promise((resolve) => setTimeout(resolve, Math.max(0, nextMs - performance.now())));
		}
	};

	const consent = el('input', { type: 'checkbox', id: 'consent', onchange: () => update() });
	const hint = el('p', { id: 'send-hint', class: 'quiet' }, texts.consentFirst);
	const sendButton = el('button', {
		class: 'main',
		type: 'button',
		'aria-describedby': 'send-hint',
		// not `disabled`: it could not be reached by keyboard, and would not say why
		onclick: () => (consent.checked ? parts.onSend(count) : consent.focus()),
	});
	const update = (): void => {
		sendButton.textContent = texts.send(count);
		sendButton.setAttribute('aria-disabled', String(!consent.checked));
		hint.hidden = consent.checked;
	};
	const zoom = el('input', {
		type: 'range',
		id: 'zoom',
		min: String(ZOOM_RANGE.min),
		max: String(ZOOM_RANGE.max),
		step: '0.05',
		value: String(live.zoom),
		oninput: () => {
			live.zoom = Number(zoom.value);
		},
	});
	const element = el(
		'div',
		{ class: 'studio' },
		el('div', { class: 'intro' }, heading(texts.studioTitle), el('p', {}, texts.studio)),
		el(
			'div',
			{ class: 'stage' },
			live.element,
			el('div', { class: 'zoom' }, el('label', { for: 'zoom' }, texts.zoom), zoom),
			el(
				'div',
				{ class: 'pair' },
				tile('leaves', texts.leaves, session, leaves),
				tile('guess', texts.guess, session, guessed),
				guessButton,
			),
		),
		panel.element,
		worlds.element,
		el(
			'section',
			{ class: 'card ask' },
			createStepper(texts, count, (next) => {
				count = next;
				update();
				void account();
			}),
			el('label', { class: 'consent', for: 'consent' }, consent, el('span', {}, texts.consent)),
			sendButton,
			hint,
			el('button', { type: 'button', class: 'small', onclick: parts.onStop }, texts.stopCamera),
		),
	);
	update();
	void account();
	void showLoop();
	return {
		element,
		close() {
			isOpen = false;
		},
	};
}
