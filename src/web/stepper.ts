import { el } from './dom.js';
import type { Texts } from './texts/en.js';

export const PICTURE_RANGE = { min: 1, max: 100 } as const;

/** A number of pictures, by buttons or by typing. */
export function createStepper(texts: Texts, first: number, onChange: (count: number) => void): HTMLElement {
	const input = el('input', {
		id: 'count',
		type: 'number',
		inputmode: 'numeric',
		min: String(PICTURE_RANGE.min),
		max: String(PICTURE_RANGE.max),
		value: String(first),
		onchange: () => set(Number(input.value)),
	});
	const set = (wanted: number): void => {
		const whole = Number.isFinite(wanted) ? Math.round(wanted) : PICTURE_RANGE.min;
		const count = Math.min(PICTURE_RANGE.max, Math.max(PICTURE_RANGE.min, whole));
		input.value = String(count);
		onChange(count);
	};
	const step = (label: string, sign: string, by: number): HTMLElement =>
		el('button', { type: 'button', 'aria-label': label, onclick: () => set(Number(input.value) + by) }, sign);
	return el(
		'div',
		{ class: 'stepper' },
		el('label', { for: 'count' }, texts.howMany),
		el('div', {}, step(texts.fewer, '−', -1), input, step(texts.more, '+', 1)),
	);
}
