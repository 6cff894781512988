import { extname } from 'node:path';
import { UserError } from '../errors.js';
import { renderDrawing } from './codec.js';
import { writeFileBytes } from './files.js';

const encoders: Readonly<Record<string, (svg: string) => Promise<Uint8Array>>> = {
	'.svg': async (svg) => Buffer.from(svg),
	'.png': renderDrawing,
};

/**
 * What writes an SVG drawing of ours to a file, as its extension asks: `.svg`, or `.png`, whose letters need a font on this
 * machine. Throws: UserError `unknown-drawing-extension` at once; DataError of `writeFileBytes` when it writes.
 */
export function drawingWriter(path: string): (svg: string) => Promise<void> {
	const encode = encoders[extname(path).toLowerCase()];
	if (encode === undefined) {
		throw new UserError('unknown-drawing-extension', `${path}: a drawing is a .png or an .svg file`);
	}
	return async (svg) => await writeFileBytes(path, await encode(svg));
}
