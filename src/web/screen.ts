import { el } from './dom.js';
import type { OutboxState } from './outbox.js';

/** One view of the page. */
export interface Screen {
	readonly element: HTMLElement;
	/** Told how the sending stands. */
	show?(state: OutboxState): void;
	/** Ends what runs for it. */
	close?(): void;
}

/** The heading that gets the focus when its screen appears, so that a screen reader begins there. */
export function heading(text: string): HTMLHeadingElement {
	return el('h1', { tabindex: '-1' }, text);
}

export interface Notice {
	readonly title: string;
	readonly text?: string;
	readonly action?: { readonly label: string; readonly run: () => void };
}

/** A screen that says one thing, with at most one thing to do. */
export function noticeScreen({ title, text, action }: Notice): Screen {
	return {
		element: el(
			'section',
			{ class: 'card notice' },
			heading(title),
			text === undefined ? null : el('p', {}, text),
			action === undefined ? null : el('button', { class: 'main', type: 'button', onclick: action.run }, action.label),
		),
	};
}
