import { alongAxis, PLOT_AXES, type PlanCurve } from './plan-plot.js';

const COLUMNS = 61;
const ROWS = 17;
const TICKS = [100, 10, 1, 0.1];

/** The plot in letters, a line each. */
export function plotText(curves: readonly PlanCurve[], wantedError: number | null): string[] {
	const rowOf = (gray: number): number => Math.round((1 - alongAxis('gray', gray)) * (ROWS - 1));
	const grid = Array.from({ length: ROWS }, () => Array.from({ length: COLUMNS }, () => ' '));
	if (wantedError !== null) grid[rowOf(wantedError)]?.fill('-');
	const letters = curves.map((_, i) => String.fromCharCode(65 + i));
	const decades = Math.log10(PLOT_AXES.people[1] / PLOT_AXES.people[0]);
	for (const [i, { rmse }] of curves.entries()) {
		for (let column = 0; column < COLUMNS; column++) {
			const row = grid[rowOf(rmse(10 ** ((column / (COLUMNS - 1)) * decades)))];
			if (row !== undefined) row[column] = letters[i];
		}
	}
	const labels = new Map(TICKS.map((gray) => [rowOf(gray), String(gray)]));
	const perDecade = (COLUMNS - 1) / decades;
	const below = Array.from({ length: decades + 1 }, (_, i) => `1e${i}`.padEnd(perDecade)).join('');
	return [
		'  RMSE in gray levels',
		...grid.map((row, i) => `${(labels.get(i) ?? '').padStart(6)} |${row.join('')}`.trimEnd()),
		`${' '.repeat(7)}+${'-'.repeat(COLUMNS)}`,
		`${' '.repeat(8)}${below.trimEnd()} people`,
		...curves.map(({ name }, i) => `  ${letters[i]} ${name}`),
	];
}
