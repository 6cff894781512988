import { createMechanism } from '../core/average/mechanism.js';
import type { SessionDescription } from '../core/average/session-description.js';
import { otherWorld, type World, worldOf } from '../core/average/worlds.js';
import { el } from './dom.js';
import { drawBitmap } from './draw.js';
import type { Guess } from './salt-protocol.js';
import type { Texts } from './texts/en.js';
import { pictureCanvas, tile } from './tile.js';

export interface Worlds {
	readonly element: HTMLElement;
	/** Shows what was tried in this session's way to hide a picture, or in the other. */
	show(which: 'own' | 'other', guess: Guess): void;
}

/** Pictures of an average whose error is told. */
const EXAMPLE_COUNT = 1000;

/** Noise at the camera and shares at three servers side by side, on the same picture: what each hides, and for whom. */
export function createWorlds(texts: Texts, session: SessionDescription): Worlds {
	const own = worldColumn(texts, session, true);
	const other = worldColumn(texts, otherWorld(session), false);
	const columns = own.kind === 'noise' ? [own, other] : [other, own];
	const element = el(
		'section',
		{ class: 'card worlds', 'aria-labelledby': 'worlds-title' },
		el('h2', { id: 'worlds-title' }, texts.worldsTitle),
		el('div', { class: 'columns' }, ...columns.map((column) => column.element)),
	);
	return {
		element,
		show: (which, guess) => (which === 'own' ? own : other).show(guess),
	};
}

function worldColumn(
	texts: Texts,
	session: Pick<SessionDescription, 'mechanism' | 'width' | 'height'>,
	isHere: boolean,
): { kind: World['kind']; element: HTMLElement; show(guess: Guess): void } {
	const kind = worldOf(session.mechanism);
	const isNoise = kind === 'noise';
	const canvas = pictureCanvas(isNoise ? texts.worldNoiseAlt : texts.worldSharesAlt);
	const guessed = el('p', {}, isNoise ? texts.worldNoiseGuess(null) : texts.worldSharesGuess);
	const errorGray = createMechanism(session.mechanism).expectedRmse(EXAMPLE_COUNT);
	const title = isNoise ? texts.worldNoise : texts.worldShares;
	return {
		kind,
		element: el(
			'div',
			{ class: isHere ? 'world here' : 'world' },
			el('h3', {}, title),
			tile(isHere ? 'stays' : 'guess', isHere ? texts.worldHere : null, session, canvas),
			guessed,
			el('p', {}, isNoise ? texts.worldNoiseTrust : texts.worldSharesTrust),
			el('p', {}, errorGray === 0 ? texts.worldExact : texts.worldError(errorGray)),
		),
		show({ emblem, psnrDb }) {
			drawBitmap(canvas, emblem);
			if (isNoise) guessed.textContent = texts.worldNoiseGuess(psnrDb);
		},
	};
}
