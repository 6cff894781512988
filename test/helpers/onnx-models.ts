import { readFileSync } from 'node:fs';
import { env, InferenceSession, Tensor } from 'onnxruntime-web';
import protobuf from 'protobufjs';
import type { AttributeProto, ModelProto, NodeProto, TensorProto } from '../../src/core/onnx/proto.js';
import { packagePath } from '../../src/core/package-root.js';

const { root } = protobuf.parse(readFileSync(packagePath('third-party', 'onnx.proto'), 'utf8'));
const modelType = root.lookupType('onnx.ModelProto');

/** The bytes of a model; no field of it is checked, so that broken ones can be made. */
export function encodeModel(model: ModelProto): Uint8Array {
	return modelType.encode(modelType.fromObject(model)).finish();
}

/** One attribute: whole numbers, or what `float`, `tensor` and text make it. */
export type AttributeValue = number | readonly number[] | string | TensorProto | { readonly float: number };

export interface NodeSpec {
	readonly op: string;
	readonly inputs: readonly string[];
	readonly outputs: readonly string[];
	readonly attributes?: Readonly<Record<string, AttributeValue>>;
	readonly domain?: string;
}

export interface ModelSpec {
	readonly opset?: number;
	readonly input: readonly (number | string)[];
	readonly nodes: readonly NodeSpec[];
	readonly constants?: readonly TensorProto[];
	/** Read from the last node's first output unless told otherwise. */
	readonly output?: string;
	/** Of the output's values: float32 unless told otherwise. */
	readonly outputType?: number;
}

/** A model of one input `x`. */
export function modelProto({
	opset = 17,
	input,
	nodes,
	constants = [],
	output,
	outputType = 1,
}: ModelSpec): ModelProto {
	const dim = input.map((side) => (typeof side === 'number' ? { dimValue: side } : { dimParam: side }));
	return {
		irVersion: opset < 15 ? 7 : 8,
		opsetImport: [{ domain: '', version: opset }],
		graph: {
			name: 'test',
			node: nodes.map(nodeProto),
			initializer: constants,
			input: [{ name: 'x', type: { tensorType: { elemType: 1, shape: { dim } } } }],
			output: [{ name: output ?? nodes.at(-1)?.outputs[0] ?? '', type: { tensorType: { elemType: outputType } } }],
		},
	};
}

export function node(
	op: string,
	inputs: readonly string[],
	outputs: readonly string[],
	attributes: NodeSpec['attributes'] = {},
): NodeSpec {
	return { op, inputs, outputs, attributes };
}

/** A tensor of float32. */
export function floats(name: string, dims: readonly number[], values: ArrayLike<number>): TensorProto {
	const rawData = new Uint8Array(Float32Array.from(values).buffer);
	return { name, dims, dataType: 1, rawData };
}

/** A tensor of int64. */
export function longs(name: string, values: readonly number[], dims: readonly number[] = [values.length]): TensorProto {
	return { name, dims, dataType: 7, int64Data: values };
}

/** What ONNX Runtime, which is not ours, makes of a model. Shape: values and sides of its one output. */
export async function runReference(
	model: Uint8Array,
	input: Float64Array,
	dims: readonly number[],
): Promise<{ readonly values: Float64Array; readonly dims: readonly number[] }> {
	env.wasm.numThreads = 1;
	env.logLevel = 'error';
	const session = await InferenceSession.create(model, { graphOptimizationLevel: 'disabled' });
	try {
		const result = await session.run({ x: new Tensor('float32', Float32Array.from(input), [...dims]) });
		const [output] = Object.values(result);
		return { values: Float64Array.from(output.data as ArrayLike<number | bigint>, Number), dims: output.dims };
	} finally {
		await session.release();
	}
}

function nodeProto({ op, inputs, outputs, attributes = {}, domain = '' }: NodeSpec): NodeProto {
	const attribute = Object.entries(attributes).map(([name, value]) => attributeProto(name, value));
	return { name: '', opType: op, domain, input: inputs, output: outputs, attribute };
}

function attributeProto(name: string, value: AttributeValue): AttributeProto {
	if (typeof value === 'number') return typed(name, 2, { i: value });
	if (typeof value === 'string') return typed(name, 3, { s: new TextEncoder().encode(value) });
	if (isList(value)) return typed(name, 7, { ints: value });
	if ('float' in value) return typed(name, 1, { f: value.float });
	return typed(name, 4, { t: value });
}

function isList(value: AttributeValue): value is readonly number[] {
	return Array.isArray(value);
}

/** With the type that ONNX Runtime wants, and that the importer has no need of. */
function typed(name: string, type: number, fields: AttributeProto): AttributeProto {
	return Object.assign({ name, type }, fields);
}

/** For models that keep all their weights. */
export function noExternal(): never {
	throw new Error('this model has no weights beside it');
}
