import { Box, Text, useInput } from 'ink';
import { type ReactNode, useState } from 'react';
import type { CollectorSnapshot } from '../../core/events.js';
import { CauseTable } from '../components/cause-table.js';
import { Header } from '../components/header.js';
import { Keys } from '../components/keys.js';
import { Line } from '../components/line.js';
import { Picture } from '../components/picture.js';
import { Rows } from '../components/rows.js';
import { Warnings } from '../components/warnings.js';
import { formatCount, formatDuration } from '../format.js';
import type { PumpState, RenderPicture } from '../picture-pump.js';
import type { CellSize } from '../picture-size.js';
import { safeText } from '../safe-text.js';
import type { Theme } from '../theme.js';
import { usePicture } from '../use-picture.js';
import { useStore } from '../use-store.js';
import { useTerminalSize } from '../use-terminal-size.js';
import { factRows, LABEL_COLUMNS } from './collect-facts.js';
import { collectLayout, GUTTER_COLUMNS } from './collect-layout.js';
import type { CollectStore } from './collect-store.js';

export interface CollectDashboardProps {
	readonly store: CollectStore;
	readonly renderPicture: RenderPicture;
	/** A QR code, one text per line; shown until there is an average, and when c is pressed. */
	readonly code?: readonly string[] | undefined;
	readonly theme: Theme;
}

/** The live view of a running collector; fills the window, whatever its size. */
export function CollectDashboard({ store, renderPicture, code, theme }: CollectDashboardProps): ReactNode {
	const size = useTerminalSize();
	const { latest, historyOf } = useStore(store);
	const [wish, setWish] = useState<'code' | 'average' | null>(null);
	const average = latest?.average ?? null;
	const view = code === undefined ? 'average' : (wish ?? (average === null ? 'code' : 'average'));
	useInput((input) => {
		if (input === 'c' && code !== undefined) setWish(view === 'code' ? 'average' : 'code');
	});
	const codeCells = code === undefined || view === 'average' ? null : sizeOfCode(code);
	const layout = latest === null ? null : collectLayout(size, contentOf(latest, codeCells));
	const picture = usePicture(
		renderPicture,
		latest === null || average === null || codeCells !== null
			? null
			: { image: average, key: `${latest.session} ${latest.releasedCount}` },
		layout?.picture ?? null,
	);
	if (latest === null || layout === null) {
		return <Text dimColor={theme.dimLabels}>starting</Text>;
	}
	const shown = codeCells === null ? drawnAverage(latest, picture) : drawnCode(code, codeCells, layout.picture);
	return (
		<Box flexDirection="column" width={size.columns} height={size.rows} overflow="hidden">
			<Header
				theme={theme}
				title="veilcam collect"
				subject={`session ${latest.session}`}
				aside={`up ${formatDuration(latest.uptimeMs)}`}
				columns={size.columns}
			/>
			<Address snapshot={latest} theme={theme} columns={size.columns} />
			<Warnings theme={theme} warnings={latest.warnings} maxRows={layout.warningRows} columns={size.columns} />
			<Box
				flexDirection={layout.place === 'beside' ? 'row' : 'column'}
				columnGap={GUTTER_COLUMNS}
				rowGap={layout.gapRows}
				marginTop={layout.gapRows}
				flexGrow={1}
				overflow="hidden"
			>
				<Box flexDirection="column" width={layout.factsColumns} flexShrink={0}>
					<Rows
						theme={theme}
						rows={factRows(latest, historyOf, theme)}
						labelColumns={LABEL_COLUMNS}
						columns={layout.factsColumns}
					/>
					<CauseTable
						theme={theme}
						causes={latest.rejected}
						maxRows={layout.causeRows}
						labelColumns={LABEL_COLUMNS}
						columns={layout.factsColumns}
					/>
				</Box>
				{layout.picture === null ? null : <Picture theme={theme} {...shown} {...layout.picture} />}
			</Box>
			<Keys theme={theme} keys={keysOf(code === undefined ? null : view)} columns={size.columns} />
		</Box>
	);
}

interface AddressProps {
	readonly snapshot: CollectorSnapshot;
	readonly theme: Theme;
	readonly columns: number;
}

/** What a client needs to know, the address first: it stays longest when the window is narrow. */
function Address({ snapshot, theme, columns }: AddressProps): ReactNode {
	const { url, mechanismText, width, height, channels } = snapshot;
	const asked = `${safeText(mechanismText)}  ${width}x${height} ${channels === 1 ? 'gray' : 'rgb'}`;
	return (
		<Line
			columns={columns}
			spans={[{ text: safeText(url), colour: theme.accent }, { text: '  ' }, { text: asked, dim: theme.dimLabels }]}
		/>
	);
}

interface Drawn {
	readonly lines: readonly string[] | null;
	readonly placeholder: string;
}

function drawnAverage(latest: CollectorSnapshot, picture: PumpState): Drawn {
	return {
		lines: latest.average !== null && picture.kind === 'drawn' ? picture.lines : null,
		placeholder: picture.kind === 'failed' ? picture.message : placeholderText(latest),
	};
}

/** A code of which a part is missing is worth nothing. */
function drawnCode(code: readonly string[] | undefined, cells: CellSize, room: CellSize | null): Drawn {
	const fits = room !== null && room.columns >= cells.columns && room.rows >= cells.rows;
	return { lines: fits ? (code ?? null) : null, placeholder: 'a larger window shows the code' };
}

/** A code is square, and a cell holds two modules. */
function sizeOfCode(code: readonly string[]): CellSize {
	return { columns: 2 * code.length, rows: code.length };
}

function keysOf(view: 'code' | 'average' | null) {
	const quit = { key: 'q', does: 'stop collecting' };
	return view === null ? [quit] : [quit, { key: 'c', does: view === 'code' ? 'the average' : 'the code to join' }];
}

function contentOf(snapshot: CollectorSnapshot, code: CellSize | null) {
	const causes = Object.values(snapshot.rejected).filter((count) => count > 0).length;
	const shape = code === null ? snapshot : { width: code.columns, height: 2 * code.rows };
	return { width: shape.width, height: shape.height, causes, warnings: snapshot.warnings.length };
}

function placeholderText({ average, minBatch, count, isReleasedWhenAsked }: CollectorSnapshot): string {
	if (average !== null) {
		return '';
	}
	const missing = Math.max(0, minBatch - count);
	if (missing > 0) return `the average appears after ${formatCount(missing)} more`;
	return isReleasedWhenAsked ? 'veilcam average --epsilon asks for one' : 'the average is being made';
}
