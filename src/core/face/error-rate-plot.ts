import { distanceOf, type ErrorRates, equalErrorRate, ratesAt } from './error-rates.js';
import type { FacePairs } from './face-pairs.js';

const PANEL = { width: 460, height: 380, left: 60, right: 30, top: 60, bottom: 56 } as const;
const ACCEPTS = '#c0392b';
const REJECTS = '#1f618d';
const SAMPLES = 500;

interface Axes {
	/** Of the panel in the drawing. */
	readonly left: number;
	/** A value as a share of the axis, 0..1. */
	readonly x: (value: number) => number;
	readonly y: (value: number) => number;
}

/** Both error rates over the threshold, and beside it the ROC curve, as an SVG drawing. `chosen` is marked in both. */
export function errorRatePlot(pairs: FacePairs, chosen: ErrorRates | undefined): string {
	const { same, different } = pairs;
	const farthest = distanceOf(Math.max(same[same.length - 1], different[different.length - 1]));
	const most = Math.ceil(5 * farthest + 0.1) / 5;
	const rates = Array.from({ length: SAMPLES }, (_, i) => ratesAt(pairs, ((i + 1) / SAMPLES) * most));
	const decades = Math.max(1, Math.ceil(Math.log10(different.length)));
	const byThreshold: Axes = { left: 0, x: (value) => value / most, y: (value) => value };
	const roc: Axes = {
		left: PANEL.width,
		x: (far) => 1 + Math.log10(Math.max(far, 10 ** -decades)) / decades,
		y: (value) => value,
	};
	const equal = equalErrorRate(pairs);
	const marks = chosen === undefined ? [] : [mark(byThreshold, chosen.threshold), mark(roc, chosen.far)];
	const parts = [
		title(byThreshold, 'Error rates over the threshold'),
		ticks(byThreshold, 'x', range(0, most, 0.2), (value) => value.toFixed(1)),
		ticks(byThreshold, 'y', range(0, 1, 0.2), percent),
		label(byThreshold, 'distance below which two pictures are one person'),
		curve(
			byThreshold,
			ACCEPTS,
			rates.map(({ threshold, far }) => [threshold, far]),
		),
		curve(
			byThreshold,
			REJECTS,
			rates.map(({ threshold, frr }) => [threshold, frr]),
		),
		dot(byThreshold, equal.threshold, equal.eer),
		legend(),
		markLegend(roc, chosen !== undefined),
		title(roc, 'ROC: recognised, for so many false accepts'),
		ticks(
			roc,
			'x',
			Array.from({ length: decades + 1 }, (_, i) => 10 ** (i - decades)),
			(value) => `${Number((100 * value).toPrecision(3))} %`,
		),
		ticks(roc, 'y', range(0, 1, 0.2), percent),
		label(roc, 'different people taken for one (logarithmic)'),
		curve(
			roc,
			'#222',
			rates.map(({ far, frr }) => [far, 1 - frr]),
		),
		dot(roc, equal.eer, 1 - equal.eer),
		...marks,
	];
	const { width, height } = PANEL;
	return [
		`<svg xmlns="http://www.w3.org/2000/svg" width="${2 * width}" height="${height}" viewBox="0 0 ${2 * width} ${height}"`,
		' font-family="DejaVu Sans, Liberation Sans, Arial, sans-serif" font-size="11" fill="#222">',
		`<rect width="${2 * width}" height="${height}" fill="#fff"/>`,
		...parts,
		'</svg>\n',
	].join('');
}

function at({ left, x, y }: Axes, valueX: number, valueY: number): readonly [number, number] {
	const [width, height] = [PANEL.width - PANEL.left - PANEL.right, PANEL.height - PANEL.top - PANEL.bottom];
	return [left + PANEL.left + x(valueX) * width, PANEL.top + (1 - y(valueY)) * height];
}

function curve(axes: Axes, colour: string, points: readonly (readonly [number, number])[]): string {
	const text = points
		.map(([x, y]) =>
			at(axes, x, y)
				.map((value) => value.toFixed(1))
				.join(','),
		)
		.join(' ');
	return `<polyline fill="none" stroke="${colour}" stroke-width="2" points="${text}"/>`;
}

function ticks(axes: Axes, axis: 'x' | 'y', values: readonly number[], say: (value: number) => string): string {
	const corner = [axes.left + PANEL.left, PANEL.height - PANEL.bottom] as const;
	const line = values.map((value) => {
		const [x, y] = axis === 'x' ? [at(axes, value, 0)[0], corner[1]] : [corner[0], at(axes, 0, value)[1]];
		const end =
			axis === 'x' ? `x2="${x}" y2="${PANEL.top}"` : `x2="${axes.left + PANEL.width - PANEL.right}" y2="${y}"`;
		const place =
			axis === 'x' ? `x="${x}" y="${y + 16}" text-anchor="middle"` : `x="${x - 6}" y="${y + 4}" text-anchor="end"`;
		return `<line x1="${x}" y1="${y}" ${end} stroke="#ddd"/><text ${place}>${say(value)}</text>`;
	});
	return line.join('');
}

function title({ left }: Axes, text: string): string {
	return `<text x="${left + PANEL.left}" y="24" font-size="14" font-weight="bold">${text}</text>`;
}

function label({ left }: Axes, text: string): string {
	return `<text x="${left + (PANEL.left + PANEL.width - PANEL.right) / 2}" y="${PANEL.height - 14}" text-anchor="middle">${text}</text>`;
}

/** The chosen threshold. */
function mark(axes: Axes, value: number): string {
	const [x, y] = at(axes, value, 0);
	return `<line x1="${x}" y1="${y}" x2="${x}" y2="${PANEL.top}" stroke="#222" stroke-dasharray="4 3"/>`;
}

function dot(axes: Axes, x: number, y: number): string {
	const [cx, cy] = at(axes, x, y);
	return `<circle cx="${cx}" cy="${cy}" r="4" fill="none" stroke="#222" stroke-width="1.5"/>`;
}

function legend(): string {
	const entries = [
		[ACCEPTS, 'different people taken for one'],
		[REJECTS, 'one person sent away'],
	];
	return entries
		.map(([colour, text], i) => {
			const x = PANEL.left + 210 * i;
			return (
				`<rect x="${x}" y="40" width="14" height="4" fill="${colour}"/>` + `<text x="${x + 20}" y="46">${text}</text>`
			);
		})
		.join('');
}

/** What circle and broken line stand for, in both panels. */
function markLegend({ left }: Axes, isChosen: boolean): string {
	const x = left + PANEL.left;
	const circle =
		`<circle cx="${x + 5}" cy="42" r="4" fill="none" stroke="#222" stroke-width="1.5"/>` +
		`<text x="${x + 16}" y="46">both rates are equal</text>`;
	const line =
		`<line x1="${x + 175}" y1="35" x2="${x + 175}" y2="49" stroke="#222" stroke-dasharray="4 3"/>` +
		`<text x="${x + 185}" y="46">threshold for the wanted rate</text>`;
	return isChosen ? circle + line : circle;
}

function range(from: number, to: number, step: number): number[] {
	return Array.from({ length: Math.floor((to - from) / step + 1.001) }, (_, i) => from + i * step);
}

function percent(value: number): string {
	return `${Math.round(100 * value)} %`;
}
