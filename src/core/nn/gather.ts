import type { GatherNode } from './graph.js';

/** What a gather writes, of values in the clear. Shape: inputs in the node's order; the result as the node's. */
export function gatherValues(node: GatherNode, inputs: readonly Float64Array[]): Float64Array {
	const { indices, fill } = node;
	if (indices === undefined) return inputs[0];
	const all = inputs.length === 1 ? inputs[0] : joined(inputs);
	return Float64Array.from(indices, (index) => (index < 0 ? fill : all[index]));
}

function joined(inputs: readonly Float64Array[]): Float64Array {
	const all = new Float64Array(inputs.reduce((sum, { length }) => sum + length, 0));
	let at = 0;
	for (const values of inputs) {
		all.set(values, at);
		at += values.length;
	}
	return all;
}
