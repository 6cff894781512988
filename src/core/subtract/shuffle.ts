import { DataError } from '../errors.js';
import { shapeText } from '../image/guards.js';
import type { Image, Size } from '../image/image.js';

/** Keys are whole numbers up to here: every one of them can be tried. */
export const MAX_SHUFFLE_KEY = 4_294_967_295;

const GROWTH = 4 - 1e-12;
const MARGIN = 1e-12;
const THROWN_AWAY = 100;

/** How samples are moved: over the whole picture (Rand), or inside each full block, the same way in each (RandBlock). */
export interface Shuffle {
	/** Range: 0..4294967295. */
	readonly key: number;
	/** Width and height of a block in pixels; null for the whole picture. */
	readonly block: Size | null;
}

/**
 * Where the samples of one picture go: sample i goes to place `shufflePlaces(key, count)[i]`, the place of the i-th
 * smallest of `count` numbers of a logistic map. It is no encryption: see docs/shuffle.md.
 * Error: bit for bit that of imageshuffle 0.2.2, which counts in doubles, too.
 * Source: mastnk, imageshuffle, class Rand.
 */
export function shufflePlaces(key: number, count: number): Uint32Array {
	let x = (key / MAX_SHUFFLE_KEY) * (1 - 2 * MARGIN) + MARGIN;
	const next = (): number => {
		x = GROWTH * x * (1 - x);
		return x;
	};
	for (let i = 0; i < THROWN_AWAY; i++) next();
	const numbers = Float64Array.from({ length: count }, next);
	return Uint32Array.from({ length: count }, (_, i) => i).sort((i, j) => numbers[i] - numbers[j]);
}

/** The picture with its samples moved. Shape: unchanged. Throws: DataError for a block larger than the picture. */
export function shuffle(image: Image, how: Shuffle): Image {
	return rearrange(image, how, how.block === null ? 'to places' : 'from places');
}

/** The picture with its samples moved back: the inverse of `shuffle`. */
export function unshuffle(image: Image, how: Shuffle): Image {
	return rearrange(image, how, how.block === null ? 'from places' : 'to places');
}

/** RandBlock shuffles a list of places where Rand shuffles samples: it moves them the other way round. */
type Direction = 'to places' | 'from places';

function rearrange(image: Image, { key, block }: Shuffle, direction: Direction): Image {
	const { width, height, channels } = image;
	const { width: blockWidth, height: blockHeight } = block ?? image;
	if (blockWidth > width || blockHeight > height) {
		// the original moves nothing then, and says nothing
		throw new DataError(
			'block-too-large',
			`a block of ${blockWidth}x${blockHeight} is larger than ${shapeText(image)}`,
			{
				hint: 'Give smaller blocks.',
			},
		);
	}
	const places = shufflePlaces(key, blockWidth * blockHeight * channels);
	// what no full block covers stays where it is
	const samples = image.samples.slice();
	const rowSamples = blockWidth * channels;
	/** Where in the picture sample i is of the block whose corner is at x, y. */
	const at = (x: number, y: number, i: number): number =>
		((y + Math.floor(i / rowSamples)) * width + x) * channels + (i % rowSamples);
	for (let y = 0; y + blockHeight <= height; y += blockHeight) {
		for (let x = 0; x + blockWidth <= width; x += blockWidth) {
			for (let i = 0; i < places.length; i++) {
				const [here, there] = [at(x, y, i), at(x, y, places[i])];
				if (direction === 'to places') samples[there] = image.samples[here];
				else samples[here] = image.samples[there];
			}
		}
	}
	return { width, height, channels, samples };
}
