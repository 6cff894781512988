import { Box, Text } from 'ink';
import type { ReactNode } from 'react';
import type { WatchSnapshot } from '../../core/events.js';
import { Header } from '../components/header.js';
import { Keys } from '../components/keys.js';
import { Line } from '../components/line.js';
import { Picture } from '../components/picture.js';
import { type Row, Rows } from '../components/rows.js';
import { sparklineSpans } from '../components/sparkline.js';
import { Warnings } from '../components/warnings.js';
import { formatCount, formatDuration } from '../format.js';
import type { RenderPicture } from '../picture-pump.js';
import { safeText } from '../safe-text.js';
import type { Theme } from '../theme.js';
import { usePicture } from '../use-picture.js';
import { useStore } from '../use-store.js';
import { useTerminalSize } from '../use-terminal-size.js';
import { collectLayout, GUTTER_COLUMNS } from './collect-layout.js';
import type { WatchStore } from './watch-store.js';

const LABEL_COLUMNS = 16;

export interface WatchDashboardProps {
	readonly store: WatchStore;
	readonly renderPicture: RenderPicture;
	readonly theme: Theme;
}

/** What moves before a camera, as the owner of the key sees it; fills the window, as the collector's does. */
export function WatchDashboard({ store, renderPicture, theme }: WatchDashboardProps): ReactNode {
	const size = useTerminalSize();
	const { latest, historyOf } = useStore(store);
	const shape = latest?.picture ?? { width: 4, height: 3 };
	const warnings = latest === null ? [] : warningsOf(latest);
	const layout = collectLayout(size, { ...shape, causes: 0, warnings: warnings.length });
	const image = latest?.picture ?? null;
	const picture = usePicture(
		renderPicture,
		image === null ? null : { image, key: `${latest?.compared ?? 0}` },
		layout.picture,
	);
	if (latest === null) {
		return <Text dimColor={theme.dimLabels}>starting</Text>;
	}
	const lines = image !== null && picture.kind === 'drawn' ? picture.lines : null;
	const placeholder = picture.kind === 'failed' ? picture.message : placeholderText(latest);
	const asked = latest.source === null ? 'what its camera uploads' : latest.source;
	return (
		<Box flexDirection="column" width={size.columns} height={size.rows} overflow="hidden">
			<Header
				theme={theme}
				title="veilcam watch"
				subject={`camera ${latest.camera}`}
				aside={`up ${formatDuration(latest.uptimeMs)}`}
				columns={size.columns}
			/>
			<Line
				columns={size.columns}
				spans={[
					{ text: safeText(latest.url), colour: theme.accent },
					{ text: `  ${safeText(asked)}`, dim: theme.dimLabels },
				]}
			/>
			<Warnings theme={theme} warnings={warnings} maxRows={layout.warningRows} columns={size.columns} />
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
						rows={watchRows(latest, historyOf('share'), theme)}
						labelColumns={LABEL_COLUMNS}
						columns={layout.factsColumns}
					/>
				</Box>
				{layout.picture === null ? null : (
					<Picture theme={theme} lines={lines} placeholder={placeholder} {...layout.picture} />
				)}
			</Box>
			<Keys theme={theme} keys={[{ key: 'q', does: 'stop watching' }]} columns={size.columns} />
		</Box>
	);
}

/** As many rows as the collector has facts: both share a layout. */
export function watchRows(snapshot: WatchSnapshot, shares: readonly number[], theme: Theme): Row[] {
	const { source, uploaded, compared, refused, missed, moved } = snapshot;
	return [
		{ label: 'frames sent', value: source === null ? '-' : formatCount(uploaded) },
		{ label: 'compared', value: formatCount(compared) },
		{
			label: 'moved',
			value: moved === null ? '-' : `${(100 * moved.share).toFixed(1)} %`,
			valueColumns: 8,
			rest: (columns) => sparklineSpans(shares, 'zero', columns, theme),
		},
		{ label: 'pixels', value: moved === null ? '-' : formatCount(moved.pixels) },
		{ label: 'places', value: moved === null ? '-' : placesText(moved) },
		{ label: 'refused', value: formatCount(refused), tone: refused > 0 ? 'bad' : undefined },
		{ label: 'missed', value: formatCount(missed), tone: missed > 0 ? 'warning' : undefined },
	];
}

function placesText({ placeCount, largest }: NonNullable<WatchSnapshot['moved']>): string {
	return largest === null ? '0' : `${formatCount(placeCount)}, ${largest}`;
}

function warningsOf({ retrying, warnings }: WatchSnapshot): string[] {
	return retrying === null ? [...warnings] : [retrying, ...warnings];
}

function placeholderText({ decrypts, picture }: WatchSnapshot): string {
	if (picture !== null) {
		return '';
	}
	return decrypts ? 'what moves appears with the next frame' : 'only the owner of the key sees what moves';
}
