import type { SessionDescription } from '../core/average/session-description.js';
import { el } from './dom.js';
import { privacySentences } from './privacy-words.js';
import type { Account } from './salt-protocol.js';
import type { Texts } from './texts/en.js';

export interface PrivacyPanel {
	readonly element: HTMLElement;
	show(account: Account, guess: { readonly psnrDb: number | null } | undefined): void;
}

/** The panel that a person reads before anything is sent. */
export function createPrivacyPanel(texts: Texts, session: SessionDescription): PrivacyPanel {
	const sentences = el('ul');
	const table = el('table');
	const facts = el('p', { class: 'quiet' });
	const element = el(
		'section',
		{ class: 'card panel', 'aria-labelledby': 'panel-title' },
		el('h2', { id: 'panel-title' }, texts.panelTitle),
		sentences,
		el('details', {}, el('summary', {}, texts.figuresTitle), facts, el('div', { class: 'scroll' }, table)),
	);
	return {
		element,
		show({ report, figures }, guess) {
			sentences.replaceChildren(...privacySentences(texts, session, report, guess).map((text) => el('li', {}, text)));
			facts.textContent = report.mechanism;
			// of shares all figures are the same: none, for an exact sum
			table.hidden = session.mechanism.kind === 'shares';
			const head = [texts.figureOf, texts.figureOnce, texts.figureAll];
			table.replaceChildren(
				el('thead', {}, el('tr', {}, ...head.map((text) => el('th', { scope: 'col' }, text)))),
				el(
					'tbody',
					{},
					...figures.map(({ unit, once, all }) =>
						el('tr', {}, el('th', { scope: 'row' }, texts.figureUnits[unit]), el('td', {}, once), el('td', {}, all)),
					),
				),
			);
		},
	};
}
