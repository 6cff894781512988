import type { ErrorRates } from '../core/face/error-rates.js';
import { formatCount } from '../tui/format.js';

/** What a calibration found, as far as it is told in words. */
export interface Calibration {
	readonly people: number;
	readonly faces: number;
	readonly skipped: readonly unknown[];
	readonly pairs: { readonly same: number; readonly different: number };
	readonly eer: number;
	readonly eerThreshold: number;
	readonly wantedFar: number;
	/** Null where two different people are too alike for any threshold. */
	readonly threshold: number | null;
	readonly far: number | null;
	readonly farAtMost: number | null;
	readonly frr: number | null;
	readonly frrAtMost: number | null;
	/** Whether the pairs are enough to tell that the rate is no larger than wanted. */
	readonly isMeasured: boolean;
	readonly pairsWanted: number;
	readonly asked: ErrorRates;
	readonly roc: readonly ErrorRates[];
	readonly worst: Readonly<Record<'same' | 'different', readonly WorstPair[]>>;
	readonly files: readonly string[];
}

interface WorstPair {
	readonly names: readonly [string, string];
	readonly distance: number;
}

/** Columns of a bar that stands for 100 %. */
const BAR_COLUMNS = 20;
/** Rows of the table: each of them a step of 0.05. */
const SHOWN_STEP = 0.05;
const SHOWN_ROWS = 16;

/** The calibration for people: a table whose rows are a chart, and what follows from it. */
export function calibrationText(found: Calibration): string {
	const { people, faces, skipped, pairs, asked, worst, files } = found;
	const left = skipped.length === 0 ? '' : ` (${counted(skipped.length, 'file')} left out)`;
	return [
		`${faces} faces of ${people} people${left}: ${counted(pairs.same, 'pair')} of one person, ${counted(pairs.different, 'pair')} of different people`,
		'',
		'threshold  different people taken for one  one person sent away',
		...shownRates(found.roc).map(row),
		'',
		`Both rates are equal, ${percent(found.eer)}, at ${found.eerThreshold.toFixed(3)}.`,
		`At ${asked.threshold} (--threshold): ${ofPairs(asked.falseAccepts, pairs.different)} of different people taken for one, ` +
			`${ofPairs(asked.falseRejects, pairs.same)} of one person sent away.`,
		...conclusion(found),
		'Pairs that share a picture are not independent, and the people who come later are others: take this for an estimate.',
		'Nearest of different people:',
		...worst.different.map(worstLine),
		'Farthest of one person:',
		...worst.same.map(worstLine),
		...files.map((file) => `${file}: both rates over the threshold, and the ROC curve`),
	].join('\n');
}

function conclusion({
	wantedFar,
	threshold,
	far,
	farAtMost,
	frr,
	frrAtMost,
	isMeasured,
	pairs,
	pairsWanted,
}: Calibration) {
	if (threshold === null || far === null || farAtMost === null || frr === null || frrAtMost === null) {
		return [
			`No threshold keeps false accepts at ${percent(wantedFar)}: two of different people are too alike. See the nearest ones below.`,
		];
	}
	const found =
		`For false accepts of ${percent(wantedFar)} (--far): \`match --threshold ${threshold}\`, with ${percent(far)} of them ` +
		`(at most ${percent(farAtMost)}), and ${percent(frr)} of one person sent away (at most ${percent(frrAtMost)}; 95 % confidence).`;
	if (isMeasured) return [found];
	const rule =
		far === 0
			? `none in ${counted(pairs.different, 'pair')} tells only that they are fewer than ${percent(farAtMost)} (rule of three)`
			: 'these pairs allow more';
	return [
		found,
		`A rate of ${percent(wantedFar)} IS NOT MEASURED: ${rule}; it takes ${pairsWanted} pairs of different people without an error.`,
	];
}

/** From the last row without an error of one kind to the first without one of the other. */
function shownRates(roc: readonly ErrorRates[]): readonly ErrorRates[] {
	const coarse = roc.filter(
		({ threshold }) => Math.abs(threshold / SHOWN_STEP - Math.round(threshold / SHOWN_STEP)) < 1e-6,
	);
	const first = Math.max(0, coarse.findIndex(({ falseAccepts, frr }) => falseAccepts > 0 || frr < 1) - 1);
	const last = coarse.findIndex(({ falseRejects, far }) => falseRejects === 0 && far > 0.5);
	return coarse.slice(first, last < 0 ? first + SHOWN_ROWS : Math.min(last + 1, first + SHOWN_ROWS));
}

function row({ threshold, far, frr }: ErrorRates): string {
	const cell = (rate: number): string => `${percent(rate).padStart(8)} ${bar(rate).padEnd(BAR_COLUMNS)}`;
	return `${threshold.toFixed(2).padStart(9)}  ${cell(far)}   ${cell(frr)}`.trimEnd();
}

/** A rate above 0 is seen. */
function bar(rate: number): string {
	return '━'.repeat(rate === 0 ? 0 : Math.max(1, Math.round(rate * BAR_COLUMNS)));
}

function worstLine({ names: [a, b], distance }: WorstPair): string {
	return `  ${distance.toFixed(3)}  ${a} and ${b}`;
}

function ofPairs(count: number, total: number): string {
	return `${percent(count / total)} (${count} of ${counted(total, 'pair')})`;
}

function counted(count: number, what: string): string {
	return `${formatCount(count)} ${what}${count === 1 ? '' : 's'}`;
}

/** Two figures at least: 12 %, 1.2 %, 0.012 %. */
function percent(rate: number): string {
	const value = 100 * rate;
	if (value === 0) return '0 %';
	return `${value >= 10 ? value.toFixed(1) : Number(value.toPrecision(2))} %`;
}
