import { el } from './dom.js';
import type { OutboxState } from './outbox.js';
import type { Texts } from './texts/en.js';

/** One line above all screens, read out when it changes. */
export function createStatusLine(texts: Texts): { element: HTMLElement; show(state: OutboxState): void } {
	const element = el('p', { class: 'status', role: 'status' });
	return {
		element,
		show(state) {
			const text = statusText(texts, state);
			// setting the same text again would make some readers repeat it
			if (element.textContent !== text) element.textContent = text;
			element.classList.toggle('trouble', state.trouble !== null || state.run.refused > 0);
		},
	};
}

function statusText(texts: Texts, { trouble, run }: OutboxState): string {
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
			return run.refused > 0 ? texts.refused(run.refused) : '';
	}
}
