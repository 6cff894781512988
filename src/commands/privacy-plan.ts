import { type PlanQuestion, type PlanRow, type Protects, peopleFor, planRows } from '../core/average/plan.js';
import { describeDelta } from '../core/average/privacy-figure.js';
import { UserError } from '../core/errors.js';
import { drawingWriter } from '../core/image/drawing.js';
import type { Size } from '../core/image/image.js';
import type { CommandContext, CommandResult } from './define-command.js';
import { parseSize } from './option-values.js';
import { plotCurves, plotSvg } from './plan-plot.js';
import { plotText } from './plan-plot-text.js';

interface PlanOptions extends PlanQuestion {
	readonly size: string | undefined;
	readonly colour: 'gray' | 'rgb' | undefined;
	readonly error: number | undefined;
	readonly people: number | undefined;
	readonly out: string | undefined;
}

/** The rows of one size. */
interface PlanColumn {
	readonly size: Size;
	readonly rows: readonly PlanRow[];
}

const HALVINGS = 5;
const SMALLEST_SIDE = 8;
const DEFAULT_ERROR = 5;

/** `privacy plan`. */
export async function planPrivacy(options: PlanOptions, { reporter }: CommandContext): Promise<CommandResult> {
	const { epsilon, delta, picturesPerPerson, people, out } = options;
	if (people !== undefined && options.error !== undefined) {
		throw new UserError('unused-option', '--error and --people cannot be given together: each follows from the other');
	}
	const write = out === undefined ? null : drawingWriter(out, reporter.warn);
	const channels = options.colour === 'rgb' ? 3 : 1;
	const columns = sizesFrom(parseSize(options.size ?? '320x240')).map((size): PlanColumn => {
		return { size, rows: planRows(options, size.width * size.height * channels) };
	});
	const wantedError = people === undefined ? (options.error ?? DEFAULT_ERROR) : null;
	const cell = ({ rmse, setting }: PlanRow) => {
		if (setting === null) return { people: null, expectedRmse: null };
		const enough = wantedError === null ? (people ?? 1) : peopleFor(rmse, wantedError);
		return { people: enough, expectedRmse: enough === null ? null : rmse(enough) };
	};
	const cells = columns.flatMap(({ size, rows }) =>
		rows.map((row) => {
			const { name, protects, setting, reason } = row;
			return { size: nameOf(size), mechanism: name, protects, setting, reason, ...cell(row) };
		}),
	);
	const curves = plotCurves(columns.map(({ size, rows }) => ({ size: nameOf(size), rows })));
	await write?.(plotSvg(curves, wantedError));
	const each = picturesPerPerson === 1 ? 'one picture each' : `${picturesPerPerson} pictures each`;
	const shown = (row: PlanRow): string => {
		const { people: count, expectedRmse } = cell(row);
		if (count === null || expectedRmse === null) return '-';
		return wantedError === null ? twoDigits(expectedRmse) : count.toLocaleString('en');
	};
	const privacy = `epsilon ${epsilon}, delta ${describeDelta(delta)}`;
	const text = [
		wantedError === null
			? `RMSE in gray levels of an average of ${people} people, ${each}, at ${privacy}`
			: `People for an RMSE of ${wantedError} gray levels at ${privacy}, ${each}`,
		'',
		...tableLines(columns, shown, picturesPerPerson),
		'  -: a report has no room for so much noise',
		'',
		...plotText(curves, wantedError),
		...(out === undefined ? [] : ['', `${out}: people against error`]),
	].join('\n');
	return { fields: { epsilon, delta, picturesPerPerson, error: wantedError, rows: cells, out }, text };
}

/** The size and its halves, as long as there is something to see. */
function sizesFrom(size: Size): Size[] {
	return Array.from({ length: HALVINGS }, (_, i) => ({
		width: Math.floor(size.width / 2 ** i),
		height: Math.floor(size.height / 2 ** i),
	})).filter(({ width, height }, i) => i === 0 || Math.min(width, height) >= SMALLEST_SIDE);
}

function nameOf({ width, height }: Size): string {
	return `${width}x${height}`;
}

function twoDigits(value: number): string {
	return value >= 100 ? Math.round(value).toLocaleString('en') : value.toFixed(value >= 10 ? 1 : 2);
}

const HEADS: Readonly<Record<Protects, (pictures: number) => string>> = {
	person: (pictures) =>
		pictures === 1 ? 'A whole picture is protected' : `A person of ${pictures} pictures is protected`,
	sample: () => 'Only each sample is protected: a denoiser shows much of the picture',
	nothing: () => 'Nothing is guaranteed',
};

function tableLines(columns: readonly PlanColumn[], shown: (row: PlanRow) => string, pictures: number): string[] {
	const [first] = columns;
	const left = Math.max(...first.rows.map(({ name }) => name.length)) + 4;
	const lines: string[] = [];
	for (const protects of ['person', 'sample', 'nothing'] as const) {
		lines.push(HEADS[protects](pictures));
		const indices = [...first.rows.keys()].filter((i) => first.rows[i].protects === protects);
		const cells = columns.map(({ size, rows }) => [nameOf(size), ...indices.map((i) => shown(rows[i]))]);
		const widths = cells.map((column) => Math.max(...column.map((text) => text.length)));
		for (const [row, name] of ['', ...indices.map((i) => first.rows[i].name)].entries()) {
			const values = cells.map((column, at) => column[row].padStart(widths[at] + 2)).join('');
			lines.push(`  ${name.padEnd(left - 2)}${values}`);
		}
	}
	return lines;
}
