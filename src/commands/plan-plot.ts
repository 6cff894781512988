import type { PlanRow } from '../core/average/plan.js';

/** One line of the plot. */
export interface PlanCurve {
	readonly name: string;
	/** Dashed where only samples are protected. */
	readonly isDashed: boolean;
	readonly colour: string;
	rmse(people: number): number;
}

/** The axes: people from 1 on, and gray levels, both logarithmic. */
export const PLOT_AXES = { people: [1, 1e6], gray: [0.1, 300] } as const;

const WIDTH = 1040;
const HEIGHT = 600;
const LEFT = 80;
const RIGHT = 330;
const TOP = 30;
const BOTTOM = 60;
/** Okabe and Ito's colours, which people with any colour vision tell apart. */
const SOLID = ['#0072b2', '#56b4e9', '#009e73', '#e69f00', '#cc79a7'];
const DASHED = ['#d55e00', '#000000', '#999999'];

/** Shares with noise at every size, and the mechanisms at the camera, whose error does not depend on it. */
export function plotCurves(
	columns: readonly { readonly size: string; readonly rows: readonly PlanRow[] }[],
): PlanCurve[] {
	const whole = columns.flatMap(({ size, rows }, i) => {
		const [row] = rows.filter(({ protects, setting }) => protects === 'person' && setting !== null);
		return row === undefined
			? []
			: [{ name: `${row.name}, ${size}`, isDashed: false, colour: SOLID[i % SOLID.length], rmse: row.rmse }];
	});
	const samples = columns[0].rows.filter(({ protects, setting }) => protects === 'sample' && setting !== null);
	return [
		...whole,
		...samples.map(({ name, rmse }, i) => ({
			...{ name: `${name}, samples only`, isDashed: true, colour: DASHED[i % DASHED.length], rmse },
		})),
	];
}

/** 0..1 along an axis. */
export function alongAxis(axis: keyof typeof PLOT_AXES, value: number): number {
	const [low, high] = PLOT_AXES[axis];
	return Math.log(value / low) / Math.log(high / low);
}

/** The plot as SVG. */
export function plotSvg(curves: readonly PlanCurve[], wantedError: number | null): string {
	const x = (people: number): number => LEFT + alongAxis('people', people) * (WIDTH - LEFT - RIGHT);
	const y = (gray: number): number => HEIGHT - BOTTOM - alongAxis('gray', gray) * (HEIGHT - TOP - BOTTOM);
	const [right, bottom] = [WIDTH - RIGHT, HEIGHT - BOTTOM];
	const parts = [
		`<svg xmlns="http://www.w3.org/2000/svg" width="${WIDTH}" height="${HEIGHT}" font-family="sans-serif" font-size="14">`,
		`<rect width="${WIDTH}" height="${HEIGHT}" fill="#fff"/>`,
		`<clipPath id="plot"><rect x="${LEFT}" y="${TOP}" width="${right - LEFT}" height="${bottom - TOP}"/></clipPath>`,
	];
	const text = (at: readonly [number, number], said: string, more = ''): string =>
		`<text x="${at[0].toFixed(1)}" y="${at[1].toFixed(1)}"${more}>${said}</text>`;
	const line = (x1: number, y1: number, x2: number, y2: number, stroke: string): string =>
		`<path d="M${x1.toFixed(1)} ${y1.toFixed(1)}L${x2.toFixed(1)} ${y2.toFixed(1)}" stroke="${stroke}" fill="none"/>`;
	for (let people = 1; people <= 1e6; people *= 10) {
		parts.push(line(x(people), TOP, x(people), bottom, '#ddd'));
		parts.push(text([x(people), bottom + 20], people.toLocaleString('en'), ' text-anchor="middle"'));
	}
	for (const gray of [0.1, 0.3, 1, 3, 10, 30, 100, 300]) {
		parts.push(line(LEFT, y(gray), right, y(gray), '#ddd'));
		parts.push(text([LEFT - 8, y(gray) + 5], String(gray), ' text-anchor="end"'));
	}
	parts.push(text([(LEFT + right) / 2, HEIGHT - 14], 'people', ' text-anchor="middle"'));
	const middle = (TOP + bottom) / 2;
	parts.push(
		text(
			[22, middle],
			'RMSE of the average, gray levels',
			` text-anchor="middle" transform="rotate(-90 22 ${middle})"`,
		),
	);
	if (wantedError !== null) {
		const at = y(wantedError);
		parts.push(`<g clip-path="url(#plot)" stroke-width="2">${line(LEFT, at, right, at, '#c00')}</g>`);
	}
	for (const [i, { name, isDashed, colour, rmse }] of curves.entries()) {
		const points: string[] = [];
		for (let step = 0; step <= 120; step++) {
			const people = 10 ** (step / 20);
			points.push(`${x(people).toFixed(1)} ${y(rmse(people)).toFixed(1)}`);
		}
		const style = `stroke="${colour}" stroke-width="2.5" fill="none"${isDashed ? ' stroke-dasharray="8 5"' : ''}`;
		parts.push(`<g clip-path="url(#plot)"><path d="M${points.join('L')}" ${style}/></g>`);
		const row = TOP + 12 + 24 * i;
		parts.push(`<path d="M${right + 12} ${row}h28" ${style}/>`, text([right + 46, row + 5], name));
	}
	return [...parts, '</svg>', ''].join('\n');
}
