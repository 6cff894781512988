import { encodePng } from './encode.js';
import { resize } from './geometry.js';
import { halfBlocks } from './half-blocks.js';
import type { Image } from './image.js';
import { sixel } from './sixel.js';
import type { TerminalColour } from './terminal-colours.js';

export { halfBlocks } from './half-blocks.js';
export type { TerminalColour } from './terminal-colours.js';

/** How a terminal shows pictures, by falling sharpness. */
export type TerminalGraphics = 'kitty' | 'iterm' | 'sixel' | 'half-blocks' | 'none';

export interface TerminalPictureOptions {
	/** Cells that the picture is wide. */
	readonly columns: number;
	readonly protocol: TerminalGraphics;
	/** For half blocks. */
	readonly colour: TerminalColour;
}

/** Pixels sent per cell: enough for a cell of a dense screen, and a bound on what is sent. */
const PIXELS_PER_CELL = 16;
/** Sixel has no scaling; most cells are about this wide. */
const SIXEL_PIXELS_PER_CELL = 8;
/** The largest payload that one kitty sequence may carry. */
const KITTY_CHUNK = 4096;

/**
 * What the variables of a terminal promise. tmux and screen swallow pictures, so inside them it is half blocks;
 * no TERM, or "dumb", is `none`.
 */
export function detectTerminalGraphics(env: Readonly<Record<string, string | undefined>>): TerminalGraphics {
	const { TERM: term = '', TERM_PROGRAM: program = '' } = env;
	if (term === '' || term === 'dumb') {
		return 'none';
	}
	if (env.TMUX !== undefined || env.STY !== undefined || /^(tmux|screen)/.test(term)) {
		return 'half-blocks';
	}
	if (env.KITTY_WINDOW_ID !== undefined || /^xterm-(kitty|ghostty)$/.test(term) || program === 'ghostty') {
		return 'kitty';
	}
	if (/^(iTerm\.app|WezTerm|mintty)$/.test(program) || env.LC_TERMINAL === 'iTerm2') {
		return 'iterm';
	}
	return /sixel|^(foot|mlterm|contour|yaft)/.test(term) ? 'sixel' : 'half-blocks';
}

/**
 * The picture as text to write to a terminal, without a final line break; empty for `none`.
 * Throws: RangeError unless `columns` is whole and at least 1.
 */
export async function terminalPicture(image: Image, options: TerminalPictureOptions): Promise<string> {
	const { columns, protocol, colour } = options;
	if (!Number.isInteger(columns) || columns < 1) {
		throw new RangeError(`columns: expected a whole number of at least 1, got ${columns}`);
	}
	switch (protocol) {
		case 'kitty':
			return kitty(await base64Png(image, columns), columns);
		case 'iterm':
			return iterm(await base64Png(image, columns), columns);
		case 'sixel':
			return sixel(await toWidth(image, columns * SIXEL_PIXELS_PER_CELL));
		case 'half-blocks':
			return (await halfBlocks(image, columns, undefined, { colour })).join('\n');
		case 'none':
			return '';
	}
}

async function base64Png(image: Image, columns: number): Promise<string> {
	const sent = await toWidth(image, Math.min(image.width, columns * PIXELS_PER_CELL));
	return Buffer.from(await encodePng(sent)).toString('base64');
}

async function toWidth(image: Image, width: number): Promise<Image> {
	return await resize(image, { width, height: Math.max(1, Math.round((image.height * width) / image.width)) });
}

/** Chunked transmission and display; q=2 keeps the terminal from answering into our stdin. Source: kitty graphics protocol. */
function kitty(base64: string, columns: number): string {
	let text = '';
	for (let at = 0; at < base64.length; at += KITTY_CHUNK) {
		const more = at + KITTY_CHUNK < base64.length ? 1 : 0;
		const keys = at === 0 ? `a=T,f=100,q=2,c=${columns},m=${more}` : `q=2,m=${more}`;
		text += `\x1b_G${keys};${base64.slice(at, at + KITTY_CHUNK)}\x1b\\`;
	}
	return text;
}

/** Source: iTerm2, inline images protocol. */
function iterm(base64: string, columns: number): string {
	const bytes = Buffer.byteLength(base64, 'base64');
	return `\x1b]1337;File=inline=1;size=${bytes};width=${columns};height=auto;preserveAspectRatio=1:${base64}\x07`;
}
