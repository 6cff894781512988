import { type Constant, dimsText, FLOAT, type ReadExternal, readConstant } from './constants.js';
import { type OnnxNode, readNode } from './onnx-node.js';
import type { GraphProto, ValueInfoProto } from './proto.js';
import { decodeModel } from './proto.js';
import { refuseAt, shown } from './refuse.js';

/** What there is to run: nodes that the output needs, in order of execution. */
export interface OnnxModel {
	/** Of the file, for messages. */
	readonly file: string;
	readonly opset: number;
	readonly nodes: readonly OnnxNode[];
	readonly input: { readonly name: string; readonly dims: readonly number[] };
	readonly output: string;
	readonly constants: ReadonlyMap<string, Constant>;
}

export const minOpset = 9;
export const maxOpset = 20;
const MAX_NODES = 10_000;

/**
 * Reads and orders a model.
 * Throws: DataError `bad-model` that names file and place.
 */
export function readModel(bytes: Uint8Array, file: string, readExternal: ReadExternal): OnnxModel {
	const refuse = refuseAt(file);
	const { graph, opsetImport = [] } = decodeModel(bytes, file);
	if (graph === undefined) throw refuse('holds no graph', 'Export it again, for example with torch.onnx.export.');
	const opset = opsetImport.find(({ domain = '' }) => domain === '' || domain === 'ai.onnx')?.version ?? 0;
	if (!(opset >= minOpset && opset <= maxOpset)) {
		throw refuse(`is of opset ${opset}, expected ${minOpset} to ${maxOpset}`, 'Export it with opset_version=17.');
	}
	if ((graph.sparseInitializer ?? []).length > 0) throw refuse('has sparse weights', 'Export it with dense ones.');
	const constants = new Map<string, Constant>();
	for (const tensor of graph.initializer ?? []) {
		const { name = '' } = tensor;
		const at = refuseAt(`${file}: weights ${shown(name)}`);
		if (constants.has(name)) throw at('are there twice');
		constants.set(name, readConstant(tensor, readExternal, at));
	}
	const input = readInput(graph, constants, file);
	const outputs = graph.output ?? [];
	if (outputs.length !== 1)
		throw refuse(`has ${outputs.length} outputs, expected one`, 'Export the one that is wanted.');
	const output = outputs[0].name ?? '';
	return {
		file,
		opset,
		nodes: inOrder(graph, file, output, new Set([input.name, ...constants.keys()])),
		input,
		output,
		constants,
	};
}

function readInput(graph: GraphProto, constants: ReadonlyMap<string, Constant>, file: string): OnnxModel['input'] {
	const refuse = refuseAt(file);
	const inputs = (graph.input ?? []).filter(({ name = '' }) => !constants.has(name));
	if (inputs.length !== 1) throw refuse(`has ${inputs.length} inputs, expected one`);
	const [{ name = '', type }] = inputs;
	const at = refuseAt(`${file}: input ${shown(name)}`);
	if (type?.tensorType?.elemType !== FLOAT) throw at('is no tensor of float32', 'Export the network for float inputs.');
	const sides = sidesOf(inputs[0]);
	if (sides === undefined) throw at('has no shape', 'Export it with an input of fixed size.');
	const dims = sides.map((side, i) => {
		// a batch of any size is a batch of one here
		if (typeof side === 'number' && side > 0) return side;
		if (i === 0) return 1;
		throw at(
			`side ${i + 1} is not fixed (${shown(String(side))})`,
			'Export it without dynamic axes, but for the batch.',
		);
	});
	if (dims.length > 1 && dims[0] !== 1) {
		throw at(`takes a batch of ${dims[0]} (${dimsText(dims)})`, 'Export it with an example of one picture.');
	}
	return { name, dims };
}

function sidesOf({ type }: ValueInfoProto): readonly (number | string)[] | undefined {
	return type?.tensorType?.shape?.dim?.map(({ dimValue, dimParam }) => dimValue ?? dimParam ?? '?');
}

/** Throws: DataError for a value written twice or never, or a cycle. */
function inOrder(graph: GraphProto, file: string, output: string, known: ReadonlySet<string>): OnnxNode[] {
	const protos = graph.node ?? [];
	if (protos.length > MAX_NODES) throw refuseAt(file)(`has ${protos.length} nodes, expected at most ${MAX_NODES}`);
	const nodes = protos.map((node) => readNode(node, file));
	const writers = new Map<string, OnnxNode>();
	for (const node of nodes) {
		for (const name of node.outputs) {
			if (name === '') continue;
			if (writers.has(name) || known.has(name)) throw node.refuse(`writes ${shown(name)}, which is there already`);
			writers.set(name, node);
		}
	}
	if (!writers.has(output) && !known.has(output))
		throw refuseAt(file)(`its output ${shown(output)} is written by no node`);
	const ordered: OnnxNode[] = [];
	const state = new Map<OnnxNode, 'open' | 'done'>();
	const stack = [writers.get(output)].filter((node) => node !== undefined);
	while (stack.length > 0) {
		const node = stack[stack.length - 1];
		const waiting = state.has(node) ? [] : node.inputs.filter((name) => name !== '' && !known.has(name));
		if (state.get(node) === 'open') {
			state.set(node, 'done');
			ordered.push(node);
		}
		if (state.get(node) === 'done') {
			stack.pop();
			continue;
		}
		state.set(node, 'open');
		for (const name of waiting) {
			const writer = writers.get(name);
			if (writer === undefined) throw node.refuse(`reads ${shown(name)}, which nothing writes`);
			if (state.get(writer) === 'open') throw node.refuse('depends on its own result');
			if (!state.has(writer)) stack.push(writer);
		}
	}
	return ordered;
}
