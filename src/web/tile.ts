import { el } from './dom.js';

/** A picture with a label, in the session's shape. */
export function tile(
	kind: 'stays' | 'leaves' | 'guess' | 'average',
	/** Null: what it shows is told beside it. */
	label: string | null,
	shape: { readonly width: number; readonly height: number },
	...content: readonly HTMLElement[]
): HTMLElement {
	const frame = el('div', { class: 'frame' }, ...content);
	frame.style.aspectRatio = `${shape.width} / ${shape.height}`;
	return el('figure', { class: `tile ${kind}` }, frame, label === null ? null : el('figcaption', {}, label));
}

/** A canvas that says what it shows. */
export function pictureCanvas(alt: string): HTMLCanvasElement {
	return el('canvas', { role: 'img', 'aria-label': alt });
}
