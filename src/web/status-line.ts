import { el } from './dom.js';
import type { OutboxState } from './outbox.js';
import type { Texts } from './texts/en.js';

/**
 * One line above all screens, read out when it changes. `forgottenCount` reports waited for another session: that is said
 * until a picture is taken.
 */
export function createStatusLine(
	texts: Texts,
	forgottenCount: number,
): { element: HTMLElement; show(state: OutboxState): void } {
	const element = el('p', { class: 'status', role: 'status' });
	return {
		element,
		show(state) {
			const text = statusText(texts, state, forgottenCount);
			// setting the same text again would make some readers repeat it
			if (element.textContent !== text) element.textContent = text;
			element.classList.toggle('trouble', text !== '');
		},
	};
}

function statusText(texts: Texts, { trouble, run }: OutboxState, forgottenCount: number): string {
	switch (trouble) {
		case 'network':
			return texts.waitingNetwork;
		case 'busy':
			return texts.waitingBusy;
		case 'server':
			return texts.waitingServer;
		case 'unproven':
			return texts.waitingUnproven;
		case 'wrong-token':
			return texts.waitingToken;
		case null:
			if (run.refused > 0) return texts.refused(run.refused);
			return forgottenCount > 0 && run.taken === 0 ? texts.forgotten(forgottenCount) : '';
	}
}
