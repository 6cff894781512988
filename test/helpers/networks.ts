import { seededNumbers } from '../../src/core/nn/seeded-numbers.js';
import { thesisNetwork } from '../../src/core/nn/thesis-network.js';
import type { TensorProto } from '../../src/core/onnx/proto.js';
import { type AttributeValue, floats, longs, type ModelSpec, type NodeSpec, node } from './onnx-models.js';

/** Whole networks as ONNX, with made-up weights. */
class Builder {
	readonly nodes: NodeSpec[] = [];
	readonly constants: TensorProto[] = [];
	readonly #numbers = seededNumbers(17);
	#next = 0;

	/** Adds a node that reads one tensor, and gives its output. */
	add(op: string, inputs: readonly string[], attributes: Readonly<Record<string, AttributeValue>> = {}): string {
		const output = `${op.toLowerCase()}${this.#next++}`;
		this.nodes.push(node(op, inputs, [output], attributes));
		return output;
	}

	values(dims: readonly number[], bound: number, offset = 0): string {
		const name = `c${this.#next++}`;
		const count = dims.reduce((product, side) => product * side, 1);
		this.constants.push(
			floats(
				name,
				dims,
				Array.from({ length: count }, () => this.#numbers.nextWithin(bound) + offset),
			),
		);
		return name;
	}

	conv(
		input: string,
		[out, per, ...kernel]: readonly number[],
		attributes: Readonly<Record<string, AttributeValue>> = {},
	): string {
		const fanIn = per * kernel.reduce((product, side) => product * side, 1);
		const weights = this.values([out, per, ...kernel], Math.sqrt(6 / fanIn));
		return this.add('Conv', [input, weights, this.values([out], 0.1)], attributes);
	}

	norm(input: string, channels: number): string {
		const gamma = this.values([channels], 0.2, 1);
		const [beta, mean] = [this.values([channels], 0.1), this.values([channels], 0.1)];
		return this.add('BatchNormalization', [input, gamma, beta, mean, this.values([channels], 0.2, 1)]);
	}

	dense(input: string, out: number, fanIn: number): string {
		const weights = this.values([out, fanIn], Math.sqrt(6 / fanIn));
		return this.add('Gemm', [input, weights, this.values([out], 0.1)], { transB: 1 });
	}
}

const pads = { pads: [1, 1, 1, 1] };

/** The shape of MPyC's demonstration on MNIST: convolutions of 16 channels, 5x5, pools, layers of 120 and 10. */
export function mnistModel(): ModelSpec {
	const b = new Builder();
	const first = b.add('MaxPool', [b.add('Relu', [b.conv('x', [16, 1, 5, 5], { pads: [2, 2, 2, 2] })])], {
		kernel_shape: [2, 2],
		strides: [2, 2],
	});
	const second = b.add('MaxPool', [b.add('Relu', [b.conv(first, [16, 16, 5, 5], { pads: [2, 2, 2, 2] })])], {
		kernel_shape: [2, 2],
		strides: [2, 2],
	});
	const hidden = b.add('Relu', [b.dense(b.add('Flatten', [second]), 120, 784)]);
	b.add('Softmax', [b.dense(hidden, 10, 120)]);
	return { input: ['batch', 1, 28, 28], nodes: b.nodes, constants: b.constants };
}

/** Two residual blocks, one of which halves the picture, and a mean. */
export function residualModel(): ModelSpec {
	const b = new Builder();
	const stem = b.add('Relu', [b.norm(b.conv('x', [8, 3, 3, 3], pads), 8)]);
	const inner = b.norm(b.conv(b.add('Relu', [b.norm(b.conv(stem, [8, 8, 3, 3], pads), 8)]), [8, 8, 3, 3], pads), 8);
	const block = b.add('Relu', [b.add('Add', [inner, stem])]);
	const strided = b.conv(block, [16, 8, 3, 3], { ...pads, strides: [2, 2] });
	const right = b.norm(b.conv(b.add('Relu', [b.norm(strided, 16)]), [16, 16, 3, 3], pads), 16);
	const left = b.norm(b.conv(block, [16, 8, 1, 1], { strides: [2, 2] }), 16);
	const second = b.add('Relu', [b.add('Add', [right, left])]);
	b.dense(b.add('Flatten', [b.add('GlobalAveragePool', [second])]), 10, 16);
	return { input: [1, 3, 16, 16], nodes: b.nodes, constants: b.constants };
}

/** Convolutions of each channel by itself and of 1x1, with ReLU6, as MobileNet has them; a view as PyTorch writes it. */
export function mobileModel(): ModelSpec {
	const b = new Builder();
	const [low, high] = ['low', 'high'];
	b.constants.push(floats(low, [], [0]), floats(high, [], [6]), longs('flat', [0, -1]));
	const six = (input: string): string => b.add('Clip', [input, low, high]);
	const block = (input: string, from: number, to: number, stride: number): string => {
		const each = six(b.norm(b.conv(input, [from, 1, 3, 3], { ...pads, group: from, strides: [stride, stride] }), from));
		return six(b.norm(b.conv(each, [to, from, 1, 1]), to));
	};
	const stem = six(b.norm(b.conv('x', [8, 3, 3, 3], { pads: [0, 0, 1, 1], strides: [2, 2] }), 8));
	const blocks = block(block(stem, 8, 16, 1), 16, 24, 2);
	const mean = b.add('ReduceMean', [blocks], { axes: [2, 3] });
	b.add('Sigmoid', [b.dense(b.add('Reshape', [mean, 'flat']), 5, 24)]);
	return { input: [1, 3, 24, 24], nodes: b.nodes, constants: b.constants };
}

/** The network of `--model thesis`, weight by weight, as a file. */
export function thesisModel(): ModelSpec {
	const graph = thesisNetwork();
	const constants: TensorProto[] = [];
	const nodes = graph.nodes.map((layer): NodeSpec => {
		if ('weights' in layer) {
			const [weights, bias] = [`${layer.output}.weight`, `${layer.output}.bias`];
			const per = layer.weights.length / layer.outChannels;
			const kernel = layer.kind === 'conv' ? [layer.window.kernelHeight, layer.window.kernelWidth] : [];
			const taps = kernel.reduce((product, side) => product * side, 1);
			constants.push(
				floats(weights, [layer.outChannels, per / taps, ...kernel], layer.weights),
				floats(bias, [layer.outChannels], layer.bias),
			);
			const inputs = [nameOf(layer.input), weights, bias];
			return layer.kind === 'conv'
				? node('Conv', inputs, [layer.output])
				: node('Gemm', inputs, [layer.output], { transB: 1 });
		}
		if (layer.kind === 'max-pool')
			return node('MaxPool', [layer.input], [layer.output], { kernel_shape: [2, 2], strides: [2, 2] });
		if (layer.kind === 'relu') return node('Relu', [layer.input], [layer.output]);
		if (layer.kind === 'flatten') return node('Flatten', [layer.input], [layer.output]);
		throw new Error(`${layer.kind}: not in this network`);
	});
	return { input: [1, 1, 100, 100], nodes, constants };

	function nameOf(name: string): string {
		return name === graph.input ? 'x' : name;
	}
}

/** By the name of their file. */
export const networks: Readonly<Record<string, () => ModelSpec>> = {
	'thesis-cnn': thesisModel,
	residual: residualModel,
	mobile: mobileModel,
	mnist: mnistModel,
};
