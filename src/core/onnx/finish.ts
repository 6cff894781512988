import type { Finish } from './lowering.js';

/** The last step of a network, on its opened result. Shape: values of `finish.dims`; the result those of `dimsAfter`. */
export function computeFinish(finish: Finish, values: Float64Array): Float64Array {
	if (finish.kind === 'sigmoid') return values.map((value) => 1 / (1 + Math.exp(-value)));
	const { dims, axis, isFlat } = finish;
	const product = (sides: readonly number[]): number => sides.reduce((all, side) => all * side, 1);
	const isWhole = isFlat && finish.kind === 'softmax';
	const side = isWhole ? product(dims.slice(axis)) : (dims[axis] ?? 1);
	const inner = isWhole ? 1 : product(dims.slice(axis + 1));
	const outer = values.length / (side * inner);
	const result = new Float64Array(finish.kind === 'argmax' ? outer * inner : values.length);
	for (let o = 0; o < outer; o++) {
		for (let i = 0; i < inner; i++) {
			const placeOf = (k: number): number => (o * side + k) * inner + i;
			const group = Array.from({ length: side }, (_, k) => values[placeOf(k)]);
			const largest = Math.max(...group);
			if (finish.kind === 'argmax') {
				result[o * inner + i] = group.indexOf(largest);
				continue;
			}
			const powers = group.map((value) => Math.exp(value - largest));
			const sum = powers.reduce((all, power) => all + power, 0);
			for (const [k, power] of powers.entries()) result[placeOf(k)] = power / sum;
		}
	}
	return result;
}
