import { seededNumbers } from '../../src/core/nn/seeded-numbers.js';
import type { TensorProto } from '../../src/core/onnx/proto.js';
import { type AttributeValue, floats, type ModelSpec, type NodeSpec, node } from './onnx-models.js';

/** A model of few nodes that shows one operator at an edge of its attributes. */
export interface OperatorCase {
	readonly title: string;
	readonly model: ModelSpec;
}

type Attributes = Readonly<Record<string, AttributeValue>>;

/** Seeded values for weights. */
export function some(name: string, dims: readonly number[], bound = 1, positive = false): TensorProto {
	const numbers = seededNumbers(name.length + dims.length);
	const count = dims.reduce((product, side) => product * side, 1);
	const values = Array.from({ length: count }, () => numbers.nextWithin(bound));
	return floats(name, dims, positive ? values.map((value) => Math.abs(value) + 0.1) : values);
}

export function one(
	title: string,
	input: readonly number[],
	op: string,
	constants: readonly TensorProto[] = [],
	attributes: Attributes = {},
	opset = 17,
): OperatorCase {
	const inputs = ['x', ...constants.map(({ name = '' }) => name)];
	return { title, model: { opset, input, constants, nodes: [node(op, inputs, ['y'], attributes)] } };
}

export function several(
	title: string,
	input: readonly number[],
	nodes: readonly NodeSpec[],
	constants: readonly TensorProto[] = [],
	opset = 17,
): OperatorCase {
	return { title, model: { opset, input, nodes, constants } };
}
