import { alignedEyes } from '../core/image/align.js';
import type { Size } from '../core/image/image.js';
import { svg } from './dom.js';

/** Half the breadth and height of a head, and where its middle is below the eyes, in distances of the eyes. */
const HEAD = { halfWidth: 1.12, halfHeight: 1.42, below: 0.28 };

/** The oval with two marks for the eyes, to lie over the live picture: `alignedEyes` says where faces have theirs. */
export function ovalOver(size: Size): SVGSVGElement {
	const { left, right } = alignedEyes(size);
	const distance = right.x - left.x;
	const { width, height } = size;
	const head = {
		cx: String(width / 2),
		cy: String(left.y + HEAD.below * distance),
		rx: String(HEAD.halfWidth * distance),
		ry: String(HEAD.halfHeight * distance),
	};
	const mark = String(distance * 0.13);
	return svg(
		'svg',
		{ class: 'oval', viewBox: `0 0 ${width} ${height}`, 'aria-hidden': 'true', focusable: 'false' },
		svg(
			'mask',
			{ id: 'around' },
			svg('rect', { width: String(width), height: String(height), fill: '#fff' }),
			svg('ellipse', { ...head, fill: '#000' }),
		),
		svg('rect', { class: 'shade', width: String(width), height: String(height), mask: 'url(#around)' }),
		svg('ellipse', { class: 'head', ...head }),
		...[left, right].map(({ x, y }) => svg('circle', { class: 'eye', cx: String(x), cy: String(y), r: mark })),
	);
}
