import type { AttributeProto, NodeProto, TensorProto } from './proto.js';
import { type Refuse, refuseAt, shown } from './refuse.js';

/** A node with its attributes by name. */
export interface OnnxNode {
	readonly op: string;
	/** What messages call it. */
	readonly title: string;
	/** '' for an optional input that is left out. */
	readonly inputs: readonly string[];
	readonly outputs: readonly string[];
	readonly attributes: ReadonlyMap<string, AttributeProto>;
	readonly refuse: Refuse;
}

export function readNode(node: NodeProto, file: string): OnnxNode {
	const { opType = '', domain = '', input: inputs = [], output: outputs = [] } = node;
	const op = domain === '' || domain === 'ai.onnx' ? opType : `${domain}.${opType}`;
	const title = `${shown(op)} ${shown(node.name || outputs[0] || 'without a name')}`;
	return {
		op,
		title,
		inputs,
		outputs,
		attributes: new Map((node.attribute ?? []).map((attribute) => [attribute.name ?? '', attribute])),
		refuse: refuseAt(`${file}: ${title}`),
	};
}

/** A writer may leave a zero out where the attribute itself is there. */
export function intOf(node: OnnxNode, name: string, otherwise: number): number {
	const attribute = node.attributes.get(name);
	return attribute === undefined ? otherwise : (attribute.i ?? 0);
}

export function floatOf(node: OnnxNode, name: string, otherwise: number): number {
	const attribute = node.attributes.get(name);
	return attribute === undefined ? otherwise : (attribute.f ?? 0);
}

export function intsOf(node: OnnxNode, name: string): readonly number[] | undefined {
	const attribute = node.attributes.get(name);
	return attribute === undefined ? undefined : (attribute.ints ?? []);
}

export function textOf(node: OnnxNode, name: string, otherwise: string): string {
	const attribute = node.attributes.get(name);
	return attribute === undefined ? otherwise : new TextDecoder().decode(attribute.s ?? new Uint8Array(0));
}

export function tensorOf(node: OnnxNode, name: string): TensorProto | undefined {
	return node.attributes.get(name)?.t;
}
