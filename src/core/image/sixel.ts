import type { Image } from './image.js';

/** Sixel colours are percent, so gray has 101 levels and no more. */
const GRAY_LEVELS = 101;
const CUBE_SIDE = 6;

/**
 * The picture as a DEC sixel sequence, one terminal pixel per sample.
 * Error: gray to 101 levels, RGB to a 6x6x6 cube, both rounded, without dithering.
 * Source: DEC, VT330/VT340 Programmer Reference Manual, volume 2, chapter 14.
 */
export function sixel(image: Image): string {
	const palette = image.channels === 1 ? grayPalette() : cubePalette();
	const colours = image.channels === 1 ? grayIndices(image) : cubeIndices(image);
	const bands: string[] = [];
	for (let top = 0; top < image.height; top += 6) {
		bands.push(band(colours, image.width, top, Math.min(6, image.height - top)));
	}
	return `\x1bP0;1q"1;1;${image.width};${image.height}${palette}${bands.join('-')}\x1b\\`;
}

/** Six rows: for each colour in them one line of sixels over the others. */
function band(colours: Uint8Array, width: number, top: number, rows: number): string {
	const sixels = new Map<number, Uint8Array>();
	for (let row = 0; row < rows; row++) {
		for (let x = 0; x < width; x++) {
			const colour = colours[(top + row) * width + x] ?? 0;
			const bits = sixels.get(colour) ?? new Uint8Array(width);
			bits[x] = (bits[x] ?? 0) | (1 << row);
			sixels.set(colour, bits);
		}
	}
	return [...sixels].map(([colour, bits]) => `#${colour}${runLengths(bits)}`).join('$');
}

/** Runs of four and more are shorter as "!count character". */
function runLengths(bits: Uint8Array): string {
	let text = '';
	for (let start = 0, end = 0; start < bits.length; start = end) {
		while (end < bits.length && bits[end] === bits[start]) {
			end += 1;
		}
		const character = String.fromCharCode(63 + (bits[start] ?? 0));
		text += end - start > 3 ? `!${end - start}${character}` : character.repeat(end - start);
	}
	return text;
}

function grayPalette(): string {
	return Array.from({ length: GRAY_LEVELS }, (_, i) => `#${i};2;${i};${i};${i}`).join('');
}

function grayIndices(image: Image): Uint8Array {
	return image.samples.map((level) => Math.round((level * (GRAY_LEVELS - 1)) / 255));
}

function cubePalette(): string {
	const percent = (level: number) => (level * 100) / (CUBE_SIDE - 1);
	return Array.from({ length: CUBE_SIDE ** 3 }, (_, i) => {
		const [r, g, b] = [Math.floor(i / 36), Math.floor(i / 6) % 6, i % 6];
		return `#${i};2;${percent(r)};${percent(g)};${percent(b)}`;
	}).join('');
}

function cubeIndices(image: Image): Uint8Array {
	const { samples } = image;
	const level = (at: number) => Math.round(((samples[at] ?? 0) * (CUBE_SIDE - 1)) / 255);
	return Uint8Array.from({ length: image.width * image.height }, (_, i) => {
		return 36 * level(3 * i) + 6 * level(3 * i + 1) + level(3 * i + 2);
	});
}
