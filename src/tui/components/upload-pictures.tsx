import { Box } from 'ink';
import type { ReactNode } from 'react';
import type { Image } from '../../core/image/image.js';
import type { RenderPicture } from '../picture-pump.js';
import { type CellSize, fitPicture } from '../picture-size.js';
import type { Theme } from '../theme.js';
import { usePicture } from '../use-picture.js';
import { Line } from './line.js';
import { Picture } from './picture.js';

const GUTTER_COLUMNS = 2;
/** Below this nobody would recognise anything. */
const MIN_PICTURE: CellSize = { columns: 16, rows: 5 };

export interface UploadPicturesProps {
	readonly pictures: { readonly original: Image; readonly upload: Image; readonly key: string };
	readonly room: CellSize;
	readonly renderPicture: RenderPicture;
	readonly theme: Theme;
}

/** What stays beside what leaves; nothing where there is no room for both. */
export function UploadPictures({ pictures, room, renderPicture, theme }: UploadPicturesProps): ReactNode {
	const { original, upload, key } = pictures;
	const half = { columns: Math.floor((room.columns - GUTTER_COLUMNS) / 2), rows: room.rows - 1 };
	const fits = half.columns >= MIN_PICTURE.columns && half.rows >= MIN_PICTURE.rows;
	const size = fits ? fitPicture(original, half) : null;
	const left = usePicture(renderPicture, { image: original, key }, size);
	const right = usePicture(renderPicture, { image: upload, key }, size);
	if (size === null) return null;
	return (
		<Box columnGap={GUTTER_COLUMNS}>
			{[
				{ says: 'stays here', colour: theme.good, drawn: left, slot: 0 },
				{ says: 'leaves this machine', colour: theme.warning, drawn: right, slot: 1 },
			].map(({ says, colour, drawn, slot }) => (
				<Box key={says} flexDirection="column" width={size.columns}>
					<Line columns={size.columns} spans={[{ text: says, colour }]} />
					<Picture
						theme={theme}
						slot={slot}
						lines={drawn.kind === 'drawn' ? drawn.lines : null}
						placeholder={drawn.kind === 'failed' ? drawn.message : ''}
						{...size}
					/>
				</Box>
			))}
		</Box>
	);
}
