/** Synchronized update: a terminal that knows it shows the whole frame at once; the others ignore it. */
const BEGIN_UPDATE = '\u001b[?2026h';
const END_UPDATE = '\u001b[?2026l';
const HIDE_CURSOR = '\u001b[?25l';
const SHOW_CURSOR = '\u001b[?25h';
/** Without line wrap a line that is too long for a moment (a window made narrower) cannot push the others down. */
const NO_WRAP = '\u001b[?7l';
const WRAP = '\u001b[?7h';
const ENTER_ALTERNATE = '\u001b[?1049h';
const LEAVE_ALTERNATE = '\u001b[?1049l';
const CLEAR = '\u001b[2J';
const ERASE_LINE = '\u001b[2K';
const ERASE_BELOW = '\u001b[J';
const RESET_COLOURS = '\u001b[0m';

/** `full` takes the window and gives it back as it was; `inline` draws at the cursor and leaves its last frame there. */
export type ScreenMode = 'full' | 'inline';

/** What a screen needs from a terminal's stream. */
export interface ScreenStream {
	readonly rows: number;
	readonly writableNeedDrain: boolean;
	write(text: string): boolean;
	on(event: 'resize' | 'drain', listener: () => void): unknown;
	off(event: 'resize' | 'drain', listener: () => void): unknown;
}

export interface ScreenOptions {
	readonly stream: ScreenStream;
	readonly mode: ScreenMode;
	/** The last word on each line, asked when it is painted. */
	readonly expand?: (line: string) => string;
}

export interface Screen {
	/** Shows the frame soon: of several in one turn only the last, and none while the terminal cannot keep up. */
	show(frame: string): void;
	/** Looks at the frame's lines again, for `expand` may have changed. */
	refresh(): void;
	/** Draws every line again, whatever other programs wrote over it. */
	repaint(): void;
	/** Gives the terminal back; synchronous, so that it works while the process exits. Harmless when called again. */
	restore(): void;
}

/**
 * Paints frames on a terminal, changed lines only: a dashboard that is drawn anew every quarter of a second does not
 * flicker, and a still picture in it costs nothing.
 */
export function createScreen({ stream, mode, expand = (line) => line }: ScreenOptions): Screen {
	let painted: readonly string[] = [];
	let frame: string | undefined;
	let scheduled: NodeJS.Immediate | undefined;
	let mustClear = mode === 'full';
	let restored = false;

	const paint = (): void => {
		scheduled = undefined;
		// A slow terminal gets the newest frame when it is ready, not every frame late.
		if (frame === undefined || restored || stream.writableNeedDrain) {
			return;
		}
		const lines = frame.split('\n').slice(0, stream.rows).map(expand);
		const before = mustClear ? [] : painted;
		const changes = mode === 'full' ? changesAt(before, lines) : changesBelow(painted, lines);
		if (mustClear || changes !== '') {
			stream.write(`${BEGIN_UPDATE}${mustClear && mode === 'full' ? CLEAR : ''}${changes}${END_UPDATE}`);
		}
		mustClear = false;
		painted = lines;
	};
	const schedule = (): void => {
		scheduled ??= setImmediate(paint);
	};
	const repaint = (): void => {
		mustClear = true;
		schedule();
	};
	stream.write(`${mode === 'full' ? ENTER_ALTERNATE : ''}${HIDE_CURSOR}${NO_WRAP}`);
	stream.on('resize', repaint);
	stream.on('drain', schedule);
	return {
		show(next) {
			frame = next;
			schedule();
		},
		refresh: schedule,
		repaint,
		restore() {
			if (restored) {
				return;
			}
			if (scheduled !== undefined) {
				clearImmediate(scheduled);
				if (mode === 'inline') {
					paint();
				}
			}
			restored = true;
			stream.off('resize', repaint);
			stream.off('drain', schedule);
			const leave = mode === 'full' ? LEAVE_ALTERNATE : painted.length > 0 ? '\r\n' : '';
			stream.write(`${leave}${RESET_COLOURS}${WRAP}${SHOW_CURSOR}`);
		},
	};
}

/** Changed lines, each at its own place. A line is erased before it is written: after it, the cursor may wait on it. */
function changesAt(before: readonly string[], lines: readonly string[]): string {
	const changed = lines.map((line, row) =>
		line === before[row] ? '' : `\u001b[${row + 1};1H${ERASE_LINE}${line}${RESET_COLOURS}`,
	);
	const surplus = before.length > lines.length ? `\u001b[${lines.length + 1};1H${ERASE_BELOW}` : '';
	return changed.join('') + surplus;
}

/** The whole block, relative to the cursor, which rests at the end of the block's last line. */
function changesBelow(before: readonly string[], lines: readonly string[]): string {
	if (before.length === lines.length && before.every((line, row) => line === lines[row])) {
		return '';
	}
	const up = before.length > 1 ? `\u001b[${before.length - 1}A` : '';
	const block = lines.map((line) => `${ERASE_LINE}${line}${RESET_COLOURS}`).join('\r\n');
	return `\r${up}${block}${before.length > lines.length ? ERASE_BELOW : ''}`;
}
