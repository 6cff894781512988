import type { Image } from '../../image/image.js';
import type { MotionScores } from './owner.js';

/** A block that differs by less, in the root of the mean square, is not drawn brighter than this would be. */
const LEAST_SCALE = 16;
/** Black, violet, red, yellow, white: told apart in gray, too, because each is lighter than the one before. */
const STOPS = [
	[0, 0, 0],
	[87, 16, 110],
	[203, 60, 60],
	[252, 190, 50],
	[255, 255, 255],
] as const;

/** One block of a picture, and how much it changed. */
export interface MovedBlock {
	/** Corner and size in pixels, of the part that lies in the picture. */
	readonly x: number;
	readonly y: number;
	readonly width: number;
	readonly height: number;
	/** Sum of squared differences. Unit: squared gray levels. */
	readonly score: number;
	/** Root of the mean squared difference. Unit: gray levels. */
	readonly rms: number;
}

/** All blocks, row by row. */
export function movedBlocks({ plan, scores }: MotionScores): MovedBlock[] {
	const { shape, block, columns } = plan;
	return Array.from(scores, (score, i) => {
		const [x, y] = [(i % columns) * block.width, Math.floor(i / columns) * block.height];
		const width = Math.min(block.width, shape.width - x);
		const height = Math.min(block.height, shape.height - y);
		return { x, y, width, height, score, rms: Math.sqrt(score / (width * height * shape.channels)) };
	});
}

/** A picture of the size of the frames: black where nothing moved, white in the block that changed most. */
export function heatMap(motion: MotionScores): Image {
	const { width, height } = motion.plan.shape;
	const samples = new Uint8Array(3 * width * height);
	const blocks = movedBlocks(motion);
	const scale = blocks.reduce((most, { rms }) => Math.max(most, rms), LEAST_SCALE);
	for (const block of blocks) {
		const colour = colourAt(block.rms / scale);
		for (let row = block.y; row < block.y + block.height; row++) {
			for (let column = block.x; column < block.x + block.width; column++) {
				samples.set(colour, 3 * (row * width + column));
			}
		}
	}
	return { width, height, channels: 3, samples };
}

/** Range: 0..1. */
function colourAt(heat: number): number[] {
	const at = heat * (STOPS.length - 1);
	const stop = Math.min(STOPS.length - 2, Math.floor(at));
	const [below, above] = [STOPS[stop], STOPS[stop + 1]];
	return below.map((level, i) => Math.round(level + (at - stop) * (above[i] - level)));
}
