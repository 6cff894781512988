import test from 'ava';
import { decodeImage } from '../../../src/core/image/decode.js';
import { readImage } from '../../../src/core/image/files.js';
import { resize } from '../../../src/core/image/geometry.js';
import {
	detectTerminalGraphics,
	halfBlocks,
	type TerminalGraphics,
	terminalPicture,
} from '../../../src/core/image/terminal.js';
import { xterm256 } from '../../../src/core/image/terminal-colours.js';
import { faces } from '../../helpers/fixtures.js';
import { picture } from './make-pictures.js';

const colours = picture(2, 2, 3, (i) => [255, 0, 0, 0, 255, 0, 0, 0, 255, 9, 8, 7][i] ?? 0);

test('a cell shows the upper pixel in front of the lower', async (t) => {
	t.deepEqual(await halfBlocks(colours, 2, undefined, { colour: 'truecolor' }), [
		'\x1b[38;2;255;0;0;48;2;0;0;255m▀\x1b[38;2;0;255;0;48;2;9;8;7m▀\x1b[0m',
	]);
	t.deepEqual(await halfBlocks(colours, 2, undefined, { colour: '256' }), [
		'\x1b[38;5;196;48;5;21m▀\x1b[38;5;46;48;5;232m▀\x1b[0m',
	]);
});

test('equal cells share one sequence, and below an odd row lies the ground of the terminal', async (t) => {
	const lines = await halfBlocks(
		picture(3, 3, 1, () => 255),
		3,
		undefined,
		{ colour: '256' },
	);
	t.deepEqual(lines, ['\x1b[38;5;231;48;5;231m▀▀▀\x1b[0m', '\x1b[38;5;231;49m▀▀▀\x1b[0m']);
});

test('without colours there is no escape sequence, and light is dense', async (t) => {
	const ramp = picture(10, 2, 1, (i) => 25 * (i % 10) + 12);
	t.deepEqual(await halfBlocks(ramp, 10, undefined, { colour: 'none' }), [' .:-=+*#%@']);
});

const shape = test.macro(async (t, columns: number, rows: number | undefined, expected: readonly [number, number]) => {
	const lines = await halfBlocks(await readImage(faces[1] ?? ''), columns, rows, { colour: 'none' });
	t.deepEqual([lines[0]?.length, lines.length], [...expected]);
});

test('a 4:3 picture in 40 columns', shape, 40, undefined, [40, 15]);
test('a 4:3 picture in 40 columns and 6 rows', shape, 40, 6, [16, 6]);
test('a 4:3 picture in 8 columns and 100 rows', shape, 8, 100, [8, 3]);
test('a 4:3 picture in one cell', shape, 1, 1, [1, 1]);

test('cells that are no cells are refused', async (t) => {
	for (const [columns, rows] of [
		[0, 1],
		[1, 0],
		[1.5, 1],
	] as const) {
		await t.throwsAsync(() => halfBlocks(colours, columns, rows, { colour: 'none' }), { instanceOf: RangeError });
	}
	await t.throwsAsync(() => terminalPicture(colours, { columns: 0, protocol: 'kitty', colour: 'none' }), {
		instanceOf: RangeError,
	});
});

test('the 256 colours: primaries in the cube, grays on the ramp', (t) => {
	t.deepEqual(
		[xterm256(0, 0, 0), xterm256(255, 255, 255), xterm256(255, 0, 0), xterm256(95, 135, 175)],
		[16, 231, 196, 67],
	);
	t.deepEqual([xterm256(8, 8, 8), xterm256(238, 238, 238), xterm256(118, 118, 118)], [232, 255, 243]);
});

const detected = test.macro((t, env: Record<string, string>, expected: TerminalGraphics) => {
	t.is(detectTerminalGraphics(env), expected);
});

test('no terminal', detected, {}, 'none');
test('a dumb terminal', detected, { TERM: 'dumb', KITTY_WINDOW_ID: '1' }, 'none');
test('xterm', detected, { TERM: 'xterm-256color' }, 'half-blocks');
test('kitty', detected, { TERM: 'xterm-kitty', KITTY_WINDOW_ID: '1' }, 'kitty');
test('ghostty', detected, { TERM: 'xterm-ghostty', TERM_PROGRAM: 'ghostty' }, 'kitty');
test('iTerm2', detected, { TERM: 'xterm-256color', TERM_PROGRAM: 'iTerm.app' }, 'iterm');
test('iTerm2 over ssh', detected, { TERM: 'xterm-256color', LC_TERMINAL: 'iTerm2' }, 'iterm');
test('WezTerm', detected, { TERM: 'xterm-256color', TERM_PROGRAM: 'WezTerm' }, 'iterm');
test('foot', detected, { TERM: 'foot' }, 'sixel');
test('a terminal that names sixel', detected, { TERM: 'xterm-sixel' }, 'sixel');
test('tmux inside kitty', detected, { TERM: 'tmux-256color', TMUX: '/tmp/x', KITTY_WINDOW_ID: '1' }, 'half-blocks');
test('screen inside iTerm2', detected, { TERM: 'screen', STY: '1.x', LC_TERMINAL: 'iTerm2' }, 'half-blocks');

test('kitty: chunks of at most 4096, put together again they are the picture', async (t) => {
	const photograph = await readImage(faces[2] ?? '');
	const text = await terminalPicture(photograph, { columns: 40, protocol: 'kitty', colour: 'truecolor' });
	// biome-ignore lint/suspicious/noControlCharactersInRegex: the sequence is made of control characters
	const chunks = [...text.matchAll(/\x1b_G([^;]*);([^\x1b]*)\x1b\\/g)];
	t.is(chunks.map(([whole]) => whole).join(''), text);
	t.true(chunks.length > 2 && chunks.every(([, , payload = '']) => payload.length <= 4096 && payload.length % 4 === 0));
	t.is(chunks[0]?.[1], 'a=T,f=100,q=2,c=40,m=1');
	t.deepEqual(new Set(chunks.slice(1, -1).map(([, keys]) => keys)), new Set(['q=2,m=1']));
	t.is(chunks.at(-1)?.[1], 'q=2,m=0');
	const png = Buffer.from(chunks.map(([, , payload]) => payload).join(''), 'base64');
	t.deepEqual((await decodeImage(png, 'x')).samples, photograph.samples);
});

test('iTerm2: one sequence with the length of the picture', async (t) => {
	const text = await terminalPicture(colours, { columns: 9, protocol: 'iterm', colour: 'none' });
	// biome-ignore lint/suspicious/noControlCharactersInRegex: the sequence is made of control characters
	const match = /^\x1b\]1337;File=inline=1;size=(\d+);width=9;height=auto;preserveAspectRatio=1:([\w+/=]+)\x07$/.exec(
		text,
	);
	const png = Buffer.from(match?.[2] ?? '', 'base64');
	t.is(png.length, Number(match?.[1]));
	t.deepEqual((await decodeImage(png, 'x')).samples, colours.samples);
});

test('a picture far larger than its cells is sent smaller', async (t) => {
	const text = await terminalPicture(
		picture(2000, 1000, 1, (i) => i * i),
		{ columns: 10, protocol: 'iterm', colour: 'none' },
	);
	const { width, height } = await decodeImage(Buffer.from(text.slice(text.indexOf(':') + 1, -1), 'base64'), 'x');
	t.deepEqual([width, height], [160, 80]);
});

/** Draws a sixel sequence again, as percent RGB per pixel; written apart from the encoder. */
function drawSixel(text: string): { width: number; height: number; pixels: string[] } {
	const body = text.slice(text.indexOf('q') + 1, -2);
	const [, width = 0, height = 0] = (/^"1;1;(\d+);(\d+)/.exec(body) ?? []).map(Number);
	const pixels = Array.from({ length: width * height }, () => '');
	const palette = new Map<string, string>();
	let [x, top, colour] = [0, 0, ''];
	for (const [token] of body.slice(body.indexOf('#')).matchAll(/#\d+;2;\d+;\d+;\d+|#\d+|![0-9]+[?-~]|[?-~]|[$-]/g)) {
		const [name = '', , ...rgb] = token.split(';');
		if (token.startsWith('#')) {
			if (rgb.length > 0) palette.set(name, rgb.join(','));
			colour = name;
		} else if (token === '$' || token === '-') {
			x = 0;
			top += token === '-' ? 6 : 0;
		} else {
			const run = token.startsWith('!') ? Number.parseInt(token.slice(1), 10) : 1;
			const bits = token.charCodeAt(token.length - 1) - 63;
			for (let i = 0; i < run; i++, x++) {
				for (let row = 0; row < 6; row++) {
					if (bits & (1 << row)) pixels[(top + row) * width + x] = palette.get(colour) ?? '?';
				}
			}
		}
	}
	return { width, height, pixels };
}

test('sixel: drawn again it is the picture in 101 grays', async (t) => {
	const photograph = await readImage(faces[3] ?? '', { channels: 1 });
	const drawn = drawSixel(await terminalPicture(photograph, { columns: 20, protocol: 'sixel', colour: 'none' }));
	const small = await resize(photograph, { width: 160, height: 120 });
	t.deepEqual([drawn.width, drawn.height], [160, 120]);
	t.deepEqual(
		drawn.pixels,
		[...small.samples].map((level) =>
			Array(3)
				.fill(Math.round((level * 100) / 255))
				.join(','),
		),
	);
});

test('sixel: colours go to the nearest of the 6x6x6 cube', async (t) => {
	const image = await resize(colours, { width: 8, height: 8 });
	const drawn = drawSixel(await terminalPicture(image, { columns: 1, protocol: 'sixel', colour: 'none' }));
	const expected = Array.from({ length: 64 }, (_, i) =>
		[0, 1, 2].map((c) => 20 * Math.round((image.samples[3 * i + c] ?? 0) / 51)).join(','),
	);
	t.deepEqual(drawn.pixels, expected);
});

test('nothing is shown where nothing can be', async (t) => {
	t.is(await terminalPicture(colours, { columns: 9, protocol: 'none', colour: 'truecolor' }), '');
});
