import { TOTAL_ROWS } from './parties-facts.js';
import { TABLE_ROWS } from './parties-table.js';

/** Rows of each part of the dashboard of three parties. */
export interface PartiesLayout {
	readonly tableRows: number;
	readonly totalRows: number;
	readonly warningRows: number;
	/** With its title; 0 where there is no room for a job. */
	readonly jobRows: number;
	/** Empty lines between the parts, where there is room to breathe. */
	readonly gapRows: 0 | 1;
}

/** Header and keys. */
const FRAME_ROWS = 2;
const GAPS = 3;

/** The parties before the totals, then warnings, then jobs: what a small window cannot hold goes in the opposite order. */
export function partiesLayout(
	rows: number,
	content: { readonly jobs: number; readonly warnings: number },
): PartiesLayout {
	const gapRows = rows >= 18 ? 1 : 0;
	let left = Math.max(0, rows - FRAME_ROWS - GAPS * gapRows);
	const take = (wanted: number): number => {
		const taken = Math.min(wanted, left);
		left -= taken;
		return taken;
	};
	const tableRows = take(TABLE_ROWS);
	const totalRows = take(TOTAL_ROWS);
	const warningRows = take(Math.min(content.warnings, 3));
	const jobRows = left >= 2 && content.jobs > 0 ? take(content.jobs + 1) : 0;
	return { tableRows, totalRows, warningRows, jobRows, gapRows };
}
