import { isReleasedWhenAsked } from '../core/average/mechanism-parameters.js';
import type { SessionDescription } from '../core/average/session-description.js';
import type { Collector } from './collector.js';
import { el } from './dom.js';
import type { Texts } from './texts/en.js';
import { tile } from './tile.js';

export interface RoomAverage {
	readonly element: HTMLElement;
	close(): void;
}

const POLL_MS = 2000;

/** The latest average, asked for while the page can be seen. */
export function createRoomAverage(texts: Texts, collector: Collector, first: SessionDescription): RoomAverage {
	const picture = el('img', { alt: '', width: String(first.width), height: String(first.height) });
	const frame = tile('average', texts.averageTitle, first, picture);
	const note = el('p', {});
	const element = el('section', { class: 'room', 'aria-label': texts.averageTitle }, frame, note);
	const closing = new AbortController();
	const isAsked = isReleasedWhenAsked(first.mechanism);
	const soonText = (count: number, wanted: number): string =>
		isAsked && count === wanted ? texts.wallAsked : texts.averageSoon(count, wanted);
	let shown = 0;
	const show = async ({ count, minBatch, releasedCount }: SessionDescription): Promise<void> => {
		if (releasedCount > shown) {
			const average = await collector.average();
			if (average !== null) {
				URL.revokeObjectURL(picture.src);
				picture.src = URL.createObjectURL(average.picture);
				picture.alt = texts.averageAlt(average.count);
				shown = average.count;
			}
		}
		frame.hidden = shown === 0;
		note.textContent = shown > 0 ? texts.averageOf(shown) : soonText(Math.min(count, minBatch), minBatch);
	};
	const poll = async (): Promise<void> => {
		let session: SessionDescription | undefined = first;
		while (!closing.signal.aborted) {
			// the line above the page says when the room is away
			if (session !== undefined) await show(session).catch(() => {});
			await new Promise((resolve) => setTimeout(resolve, POLL_MS));
			session = document.hidden ? undefined : await collector.session().catch(() => undefined);
		}
	};
	void poll();
	return { element, close: () => closing.abort() };
}
