import type { SessionDescription } from '../core/average/session-description.js';
import type { Camera } from './camera.js';
import { el } from './dom.js';
import type { LiveView } from './live-view.js';
import type { Outbox, OutboxState } from './outbox.js';
import type { Salter } from './salter.js';
import { heading, type Screen } from './screen.js';
import type { Texts } from './texts/en.js';

export interface ShootingParts {
	readonly texts: Texts;
	readonly session: SessionDescription;
	readonly key: string;
	readonly salter: Salter;
	readonly camera: Camera;
	readonly live: LiveView;
	readonly outbox: Outbox;
	readonly count: number;
	readonly average: HTMLElement;
	/** All are taken and settled, or the person has stopped. */
	readonly onDone: () => void;
}

/** Between pictures: time to move a little, so that they differ. */
const SHOT_INTERVAL_MS = 700;

/** Takes, salts and sends pictures. A picture is kept with its id before it is sent. */
export function shootingScreen(parts: ShootingParts): Screen {
	const { texts, session, salter, camera, live, outbox, count } = parts;
	const before = outbox.state.run.taken;
	let isTaking = true;
	const bar = el('progress', { max: String(count), value: '0', 'aria-label': texts.sendingTitle });
	const taking = el('p', { class: 'big' }, texts.taking(0, count));
	const counted = el('p', { class: 'quiet' });
	const stop = el('button', { type: 'button', class: 'small', onclick: () => end() }, texts.stop);
	const show = ({ run }: OutboxState): void => {
		const taken = run.taken - before;
		const settled = Math.max(0, run.counted + run.refused - before);
		bar.value = settled;
		taking.textContent = texts.taking(taken, count);
		counted.textContent = texts.counted(settled, count);
		if (taken >= count && settled >= count) parts.onDone();
	};
	const end = (): void => {
		isTaking = false;
		camera.close();
		parts.onDone();
	};
	const shoot = async (): Promise<void> => {
		await outbox.want(count);
		for (let taken = 0; taken < count && isTaking; taken++) {
			const nextMs = performance.now() + SHOT_INTERVAL_MS;
			const upload = await salter.ask({ kind: 'salt', session, picture: live.grab(camera) });
			if (!isTaking) return;
			live.blink();
			await outbox.add({ ...upload, key: parts.key });
			await new Promise((resolve) => setTimeout(resolve, Math.max(0, nextMs - performance.now())));
		}
		if (isTaking) camera.close();
		live.element.hidden = true;
	};
	const element = el(
		'div',
		{ class: 'shooting' },
		heading(texts.sendingTitle),
		live.element,
		el('section', { class: 'card' }, taking, bar, counted, stop),
		parts.average,
	);
	show(outbox.state);
	void shoot();
	return {
		element,
		show,
		close() {
			isTaking = false;
		},
	};
}
