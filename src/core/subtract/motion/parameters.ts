import { DataError } from '../../errors.js';
import type { Size } from '../../image/image.js';
import { MAX_SIDE, type PictureShape, SEED_BYTES } from '../parameters.js';

/**
 * BFV parameters of motion scores: N = 8192 and three primes of 60 bits, 180 of the 218 that SEAL allows for 128-bit
 * security. The third prime is that of key switching: ciphertexts have two, and a score, after the switch down, one.
 */
export const MOTION_DEGREE = 8192;
export const MOTION_PRIMES = [
	1_152_921_504_606_683_137n,
	1_152_921_504_606_748_673n,
	1_152_921_504_606_830_593n,
] as const;

/** Bytes of one polynomial modulo one prime, as SEAL saves it: little-endian u64. */
export const COMPONENT_BYTES = MOTION_DEGREE * 8;

/** A frame's ciphertext: the first polynomial modulo two primes, and the seed of the second. */
export const FRAME_RECORD_BYTES = 2 * COMPONENT_BYTES + SEED_BYTES;
/** The key that a server needs to multiply: two seeded ciphertexts modulo three primes. */
export const EVALUATION_KEY_BYTES = 2 * (3 * COMPONENT_BYTES + SEED_BYTES);
/** A score: two polynomials modulo one prime. */
export const SCORE_RECORD_BYTES = 2 * COMPONENT_BYTES;

/** The largest square of a difference of two samples. */
export const MAX_SQUARE = 255 * 255;

/** More ciphertexts to one picture are refused: half a gigabyte. A gray VGA picture has about 40, RGB 4K about 3,000. */
export const MAX_CIPHERTEXTS = 4096;

/** A score may have so many ciphertexts more than it needs, where that leaves fewer slots of the frames empty. */
const MORE_GROUPS = 3;

/**
 * How the samples of a picture lie in ciphertexts. The picture is cut into blocks, and each block into `parts` cells of
 * `cellSamples` samples, so that the 8192 slots of a ciphertext are used however large the blocks are. Slot j of
 * ciphertext i of a group is sample i of the group's cell j: squares are added over ciphertexts, never over slots, and
 * nothing is rotated. Whoever decrypts adds the cells of a block.
 */
export interface MotionPlan {
	readonly shape: PictureShape;
	/** Pixels of a block. */
	readonly block: Size;
	readonly columns: number;
	readonly rows: number;
	/** Cells of a block. */
	readonly parts: number;
	/** Samples of a cell, and ciphertexts of a group. */
	readonly cellSamples: number;
	/** Groups of 8192 cells, and ciphertexts of a score. */
	readonly groups: number;
	/** A prime above every score of a cell. */
	readonly plainModulus: bigint;
}

/**
 * Derives the plan of a picture and a size of blocks: 8x5 of a gray VGA picture are 7,680 cells and 40 ciphertexts.
 * Throws: DataError for a block larger than the picture, and for a picture that is too large.
 */
export function planMotion(shape: PictureShape, block: Size, name: string): MotionPlan {
	const sides = [shape.width, shape.height, block.width, block.height];
	const fits = sides.every((side) => Number.isInteger(side) && side >= 1 && side <= MAX_SIDE);
	if (!fits || (shape.channels !== 1 && shape.channels !== 3)) {
		throw new DataError('picture-shape', `${name}: ${shape.width}x${shape.height} cannot be encrypted for motion`, {
			hint: `Sides of 1 to ${MAX_SIDE}, gray or RGB.`,
		});
	}
	if (block.width > shape.width || block.height > shape.height) {
		throw new DataError(
			'block-too-large',
			`${name}: blocks of ${block.width}x${block.height} are larger than its ${shape.width}x${shape.height}`,
			{ hint: 'Give smaller --blocks.' },
		);
	}
	const columns = Math.ceil(shape.width / block.width);
	const rows = Math.ceil(shape.height / block.height);
	const blockSamples = block.width * block.height * shape.channels;
	const { parts, cellSamples, groups } = chooseCells(columns * rows, blockSamples);
	if (groups * cellSamples > MAX_CIPHERTEXTS) {
		throw new DataError('too-many-ciphertexts', `${name}: is too large, ${groups * cellSamples} ciphertexts`, {
			hint: `At most ${MAX_CIPHERTEXTS}: make the picture smaller, or gray.`,
		});
	}
	const plainModulus = primeAbove(cellSamples * MAX_SQUARE);
	return { shape, block, columns, rows, parts, cellSamples, groups, plainModulus };
}

/** The cells with the fewest ciphertexts sent: those of two frames, and those of the score. */
function chooseCells(blocks: number, blockSamples: number): Pick<MotionPlan, 'parts' | 'cellSamples' | 'groups'> {
	const fewest = Math.ceil(blocks / MOTION_DEGREE);
	const choices = Array.from({ length: MORE_GROUPS + 1 }, (_, more) => {
		const wanted = Math.min(blockSamples, Math.floor(((fewest + more) * MOTION_DEGREE) / blocks));
		const cellSamples = Math.ceil(blockSamples / wanted);
		// as many cells and groups as it takes, which may be fewer
		const parts = Math.ceil(blockSamples / cellSamples);
		return { parts, cellSamples, groups: Math.ceil((blocks * parts) / MOTION_DEGREE) };
	});
	const sent = ({ cellSamples, groups }: (typeof choices)[number]): number => groups * (2 * cellSamples + 1);
	return choices.reduce((best, choice) => (sent(choice) < sent(best) ? choice : best));
}

export function motionCiphertexts({ groups, cellSamples }: MotionPlan): number {
	return groups * cellSamples;
}

/** The smallest prime above `bound` that is 1 modulo 2 N, which gives a plaintext N slots. Range: bound < 2^40. */
function primeAbove(bound: number): bigint {
	const step = 2 * MOTION_DEGREE;
	let candidate = Math.ceil(bound / step) * step + 1;
	while (!isPrime(candidate)) candidate += step;
	return BigInt(candidate);
}

function isPrime(odd: number): boolean {
	for (let divisor = 3; divisor * divisor <= odd; divisor += 2) if (odd % divisor === 0) return false;
	return true;
}
