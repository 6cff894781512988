import type { LinearNode, TensorShape } from './graph.js';
import { type LinearValues, linear } from './linear.js';

/**
 * weights x + bias of integers, exactly, before anything wraps. Both factors are cut into pieces of so few bits that
 * float64 holds the sums of their products, and the pieces' sums are put together.
 * Range: weights and bias are whole numbers.
 */
export function linearExact(
	node: LinearNode,
	{ weights, bias }: LinearValues,
	x: BigInt64Array,
	from: TensorShape,
	to: TensorShape,
): bigint[] {
	const perOutput = Math.max(1, weights.length / bias.length);
	// so many products of two pieces stay below 2^53
	const pieceBits = Math.floor((53 - Math.ceil(Math.log2(perOutput))) / 2);
	const plane = (to.height * to.width * to.channels) / bias.length;
	const sums = Array.from({ length: bias.length * plane }, (_, at) => BigInt(bias[Math.floor(at / plane)]));
	const none = new Float64Array(bias.length);
	const xPieces = piecesOfWords(x, pieceBits);
	for (const [i, weightPiece] of piecesOfNumbers(weights, pieceBits).entries()) {
		for (const [j, xPiece] of xPieces.entries()) {
			const shift = BigInt((i + j) * pieceBits);
			const part = linear(node, { weights: weightPiece, bias: none }, xPiece, from, to);
			for (let at = 0; at < sums.length; at++) sums[at] += BigInt(part[at]) << shift;
		}
	}
	return sums;
}

/** values = the sum of piece i times 2^(i bits); pieces are 0..2^bits - 1 but for the last, which has the sign. */
function piecesOfNumbers(values: Float32Array | Float64Array, bits: number): Float64Array[] {
	const pieces: Float64Array[] = [];
	let rest = Float64Array.from(values);
	while (rest.some((value) => Math.abs(value) >= 2 ** bits)) {
		const above = rest.map((value) => Math.floor(value / 2 ** bits));
		pieces.push(rest.map((value, at) => value - above[at] * 2 ** bits));
		rest = above;
	}
	return [...pieces, rest];
}

function piecesOfWords(values: BigInt64Array, bits: number): Float64Array[] {
	const pieces: Float64Array[] = [];
	const by = BigInt(bits);
	let rest = values;
	while (rest.some((value) => value >= 1n << by || value <= -(1n << by))) {
		pieces.push(Float64Array.from(rest, (value) => Number(BigInt.asUintN(bits, value))));
		rest = rest.map((value) => value >> by);
	}
	return [...pieces, Float64Array.from(rest, Number)];
}
