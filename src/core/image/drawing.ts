import { existsSync } from 'node:fs';
import { dirname, extname } from 'node:path';
import { DataError, UserError } from '../errors.js';
import { canDrawLetters, renderDrawing } from './codec.js';
import { writeFileBytes } from './files.js';

const encoders: Readonly<Record<string, (svg: string) => Promise<Uint8Array>>> = {
	'.svg': async (svg) => Buffer.from(svg),
	'.png': renderDrawing,
};

/**
 * What writes an SVG drawing of ours to a file, as its extension asks: `.svg`, or `.png`, whose letters need a font on this
 * machine: `warn` is told where there is none. Throws: UserError
 * `unknown-drawing-extension` and DataError `missing-folder` at once; DataError of `writeFileBytes` when it writes.
 */
export function drawingWriter(path: string, warn: (sentence: string) => void): (svg: string) => Promise<void> {
	const extension = extname(path).toLowerCase();
	const encode = encoders[extension];
	if (encode === undefined) {
		throw new UserError('unknown-drawing-extension', `${path}: a drawing is a .png or an .svg file`);
	}
	if (!existsSync(dirname(path))) {
		// what is drawn may take minutes to work out
		throw new DataError('missing-folder', `${path}: its folder does not exist`, { hint: 'create the folder first' });
	}
	return async (svg) => {
		await writeFileBytes(path, await encode(svg));
		if (extension === '.png' && !(await canDrawLetters())) {
			warn(`${path}: this machine has no font, so its letters are boxes; name a .svg, or install a font`);
		}
	};
}
