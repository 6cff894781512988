import { checkGraph } from '../nn/check-graph.js';
import type { Graph } from '../nn/graph.js';
import type { ReadExternal } from './constants.js';
import { constantOperators } from './lower-constants.js';
import { elementwiseOperators } from './lower-elementwise.js';
import { finishOperators } from './lower-finish.js';
import { linearOperators } from './lower-linear.js';
import { type Lower, movementOperators } from './lower-movements.js';
import { poolOperators } from './lower-pools.js';
import { type Finish, Lowering, shapeFor } from './lowering.js';
import { readModel } from './read-model.js';
import { refuseAt, shown } from './refuse.js';

/** A model as a network of ours. */
export interface ImportedModel {
	/** Scales are still to be folded. */
	readonly graph: Graph;
	readonly opset: number;
	/** As the file has them. */
	readonly inputDims: readonly number[];
	/** Of what is opened. */
	readonly outputDims: readonly number[];
	readonly finish: Finish | undefined;
	/** Operators of the file in order of execution. */
	readonly operators: readonly string[];
}

const operators: Readonly<Record<string, Lower>> = {
	...linearOperators,
	...elementwiseOperators,
	...poolOperators,
	...movementOperators,
	...constantOperators,
	...finishOperators,
};

/** Every operator that is known, in order. */
export const knownOperators: readonly string[] = Object.keys(operators).toSorted((a, b) => a.localeCompare(b));

/**
 * Turns an ONNX model into a network of the few nodes that run on shares; exact but for the rounding of weights to float32.
 * `readExternal` gives the bytes of weights that lie beside the file.
 * Throws: DataError `bad-model` that names file, node and reason.
 */
export function importOnnx(bytes: Uint8Array, file: string, readExternal: ReadExternal): ImportedModel {
	const model = readModel(bytes, file, readExternal);
	const lowering = new Lowering(model.opset);
	for (const [name, constant] of model.constants) lowering.values.set(name, constant);
	const input = shown(model.input.name) || 'input';
	lowering.shapes.set(input, shapeFor(model.input.dims));
	lowering.values.set(model.input.name, { kind: 'tensor', name: input, dims: model.input.dims });
	for (const node of model.nodes) {
		const lower = Object.hasOwn(operators, node.op) ? operators[node.op] : undefined;
		if (lower === undefined) {
			throw node.refuse('this operator is not supported', `Supported: ${knownOperators.join(', ')}.`);
		}
		const { finish } = lowering;
		if (finish !== undefined && !['Identity', 'Dropout'].includes(node.op) && node.inputs.includes(finish.output)) {
			throw node.refuse(`reads a ${finish.kind}, which may only be the end of a network`);
		}
		if (finish !== undefined && node.inputs.includes(finish.output)) {
			lowering.finish = { ...finish, output: node.outputs[0] };
		}
		lower(lowering, node);
	}
	const refuse = refuseAt(file);
	const output = lowering.values.get(model.output);
	if (output === undefined) throw refuse(`its output ${shown(model.output)} is one that is not computed here`);
	if (output.kind === 'constant') throw refuse('its output does not depend on its input');
	const { finish } = lowering;
	if (finish !== undefined && finish.output !== model.output) {
		throw refuse(`uses a ${finish.kind} that is not its end, which is not supported`);
	}
	const graph = checkGraph({
		name: file,
		input,
		inputShape: shapeFor(model.input.dims),
		output: output.name,
		nodes: lowering.nodes,
	});
	return {
		graph,
		opset: model.opset,
		inputDims: model.input.dims,
		outputDims: output.dims,
		finish,
		operators: model.nodes.map(({ op }) => op),
	};
}
