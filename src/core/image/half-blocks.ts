import { toGray, toRgb } from './colour.js';
import { containedSize, resize } from './geometry.js';
import type { Image } from './image.js';
import { sgrColour, type TerminalColour } from './terminal-colours.js';

export interface HalfBlockOptions {
	readonly colour: TerminalColour;
}

/** Dark to bright, for light text on a dark ground. */
const SHADES = ' .:-=+*#%@';
const UPPER_HALF = '▀';
const RESET = '\x1b[0m';

/**
 * The picture as lines of text, each cell two pixels one above the other, as large as fits.
 * Shape: at most `columns` cells wide and `rows` lines high, aspect kept for cells twice as high as wide.
 * Each line sets and resets its own colours. With `none` there is no escape sequence: ten shades of ASCII.
 * Throws: RangeError unless `columns` and `rows` are whole and at least 1.
 */
export async function halfBlocks(
	image: Image,
	columns: number,
	rows: number | undefined,
	options: HalfBlockOptions,
): Promise<string[]> {
	for (const cells of [columns, rows ?? 1]) {
		if (!Number.isInteger(cells) || cells < 1) {
			throw new RangeError(`columns, rows: expected whole numbers of at least 1, got ${columns}, ${rows}`);
		}
	}
	const small = await resize(image, containedSize(image, { width: columns, height: 2 * (rows ?? 2 ** 16) }));
	return options.colour === 'none' ? shadedLines(toGray(small)) : colouredLines(toRgb(small), options.colour);
}

function colouredLines(rgb: Image, colour: TerminalColour): string[] {
	const lines: string[] = [];
	const sgr = (layer: 38 | 48, x: number, y: number) => {
		const at = (y * rgb.width + x) * 3;
		return sgrColour(layer, colour, rgb.samples[at] ?? 0, rgb.samples[at + 1] ?? 0, rgb.samples[at + 2] ?? 0);
	};
	for (let y = 0; y < rgb.height; y += 2) {
		let line = '';
		let last = '';
		for (let x = 0; x < rgb.width; x++) {
			// Below a last odd row lies the terminal's own ground.
			const lower = y + 1 < rgb.height ? sgr(48, x, y + 1) : '49';
			const style = `\x1b[${sgr(38, x, y)};${lower}m`;
			line += style === last ? UPPER_HALF : style + UPPER_HALF;
			last = style;
		}
		lines.push(line + RESET);
	}
	return lines;
}

function shadedLines(gray: Image): string[] {
	const lines: string[] = [];
	const { width, height, samples } = gray;
	for (let y = 0; y < height; y += 2) {
		let line = '';
		for (let x = 0; x < width; x++) {
			const upper = samples[y * width + x] ?? 0;
			const lower = y + 1 < height ? (samples[(y + 1) * width + x] ?? 0) : upper;
			line += SHADES.charAt(Math.floor(((upper + lower) * SHADES.length) / 512));
		}
		lines.push(line);
	}
	return lines;
}
