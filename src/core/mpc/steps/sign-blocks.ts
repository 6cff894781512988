import { planeBytes } from '../../kernels/ring.js';
import type { Party } from '../party.js';
import { planeOf } from '../step.js';

/**
 * The first level of the carry of A + B, where P0 alone knows A, and P1 and P2 both know B. A block of b bits generates a
 * carry (G) or passes one on (P), and both are bilinear in what the two sides can work out alone: with A_S the product
 * of the bits S of A, G = XOR A_S kG_S(B) and P = XOR A_S B_(rest of S). So P0 shares its 2^b - 1 products once, and one
 * inner product on shares does the work of a whole tree within the block.
 */
export interface BlockShape {
	/** Values. */
	readonly count: number;
	/** Bits of each block, the lowest block first. */
	readonly sizes: readonly number[];
}

/**
 * Blocks of at most `mostBits` bits, of sizes as equal as can be: so many that the tree above them is as flat as with the
 * largest blocks, and the bits of all messages are fewest.
 */
export function blockSizes(bitCount: number, mostBits: number): number[] {
	const fewest = Math.ceil(bitCount / mostBits);
	const most = Math.min(bitCount, 2 ** Math.ceil(Math.log2(fewest)));
	let best = equalParts(bitCount, fewest);
	for (let blocks = fewest + 1; blocks <= most; blocks++) {
		const sizes = equalParts(bitCount, blocks);
		if (carryBits(sizes) < carryBits(best)) best = sizes;
	}
	return best;
}

// Products, two messages of outcomes, and 3 bits per AND of the tree: 2 ANDs per pair of blocks, 1 for the lowest pair.
function carryBits(sizes: readonly number[]): number {
	const levels = Math.ceil(Math.log2(sizes.length));
	return productPlanes(sizes) + 2 * outcomePlanes(sizes) + 3 * (2 * (sizes.length - 1) - levels);
}

function equalParts(total: number, parts: number): number[] {
	const larger = total % parts;
	return Array.from({ length: parts }, (_, part) => Math.floor(total / parts) + (part < larger ? 1 : 0));
}

/** Planes that P0 shares: all products of the bits of each block. */
export function productPlanes(sizes: readonly number[]): number {
	return sizes.reduce((sum, size) => sum + 2 ** size - 1, 0);
}

/** Planes of the outcome: G of each block, then P of each but the lowest, into which no carry comes. */
export function outcomePlanes(sizes: readonly number[]): number {
	return 2 * sizes.length - 1;
}

/** All products of the bits of each block; product S (a set as a number, from 1) of a block lies at S - 1. */
export function productsInto(party: Party, products: Uint8Array, bits: Uint8Array, shape: BlockShape): void {
	const { count, sizes } = shape;
	const mark = party.arena.mark();
	const zero = party.arena.zeroBytes(planeBytes(count));
	let bitAt = 0;
	let at = 0;
	for (const size of sizes) {
		for (let bit = 0; bit < size; bit++) {
			const plane = planeOf(bits, count, bitAt + bit);
			planeOf(products, count, at + 2 ** bit - 1).set(plane);
			for (let rest = 1; rest < 2 ** bit; rest++) {
				const product = planeOf(products, count, at + 2 ** bit + rest - 1);
				party.kernels.bits.andXorInto(product, planeOf(products, count, at + rest - 1), plane, zero);
			}
		}
		bitAt += size;
		at += 2 ** size - 1;
	}
	party.arena.release(mark);
}

/**
 * P1 and P2: the inner products of one component of P0's shared products with what B makes of them, XORed into
 * `outcomes`. The sum of both components' results is G and P but for the term of P without A, `passPlane`.
 */
export function innerProductsInto(
	party: Party,
	outcomes: Uint8Array,
	shared: Uint8Array,
	bits: Uint8Array,
	shape: BlockShape,
): void {
	const { count, sizes } = shape;
	const { arena, kernels } = party;
	const products = arena.bytes(productPlanes(sizes) * planeBytes(count));
	productsInto(party, products, bits, shape);
	let bitAt = 0;
	let at = 0;
	for (const [block, size] of sizes.entries()) {
		const mark = arena.mark();
		const all = 2 ** size - 1;
		const generate = planeOf(outcomes, count, block);
		for (const [set, coefficient] of generateCoefficients(party, bits, { count, bitAt, size }).entries()) {
			kernels.bits.andXorInto(generate, planeOf(shared, count, at + set), coefficient, generate);
		}
		if (block > 0) {
			const pass = planeOf(outcomes, count, sizes.length + block - 1);
			for (let set = 1; set < all; set++) {
				const rest = planeOf(products, count, at + (all ^ set) - 1);
				kernels.bits.andXorInto(pass, planeOf(shared, count, at + set - 1), rest, pass);
			}
			kernels.bits.xorInto(pass, pass, planeOf(shared, count, at + all - 1));
		}
		bitAt += size;
		at += all;
		arena.release(mark);
	}
}

/** P1 and P2: XORs the product of all bits of B of each block but the lowest into its P. */
export function passTermsInto(party: Party, outcomes: Uint8Array, bits: Uint8Array, shape: BlockShape): void {
	const { count, sizes } = shape;
	const { arena, kernels } = party;
	const mark = arena.mark();
	const zero = arena.zeroBytes(planeBytes(count));
	const product = arena.bytes(planeBytes(count));
	let bitAt = sizes[0];
	for (let block = 1; block < sizes.length; block++) {
		product.set(planeOf(bits, count, bitAt));
		for (let bit = 1; bit < sizes[block]; bit++) {
			kernels.bits.andXorInto(product, product, planeOf(bits, count, bitAt + bit), zero);
		}
		const pass = planeOf(outcomes, count, sizes.length + block - 1);
		kernels.bits.xorInto(pass, pass, product);
		bitAt += sizes[block];
	}
	arena.release(mark);
}

// Bit by bit, G_j = A_j B_j ^ (A_j ^ B_j) G_j-1: a product without A_j keeps its coefficient times B_j, and one with A_j
// has the coefficient of the rest of it, or B_j when nothing is left.
function generateCoefficients(
	party: Party,
	bits: Uint8Array,
	block: { readonly count: number; readonly bitAt: number; readonly size: number },
): Uint8Array[] {
	const { arena, kernels } = party;
	const { count, bitAt, size } = block;
	const zero = arena.zeroBytes(planeBytes(count));
	let coefficients: Uint8Array[] = [];
	for (let bit = 0; bit < size; bit++) {
		const plane = planeOf(bits, count, bitAt + bit);
		const without = coefficients.map((coefficient) => {
			const kept = arena.bytes(planeBytes(count));
			kernels.bits.andXorInto(kept, coefficient, plane, zero);
			return kept;
		});
		coefficients = [...without, plane, ...coefficients];
	}
	return coefficients;
}
