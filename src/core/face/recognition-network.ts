import { DataError } from '../errors.js';
import { checkGraph } from '../nn/check-graph.js';
import { type ConvNode, type Graph, type GraphNode, type TensorShape, windowOf } from '../nn/graph.js';
import { FACE_SIDE } from './found-face.js';
import type { RecognitionWeights } from './recognition-weights.js';

/** What the network reads: gray levels 0..255, C, H, W. */
export const recognitionInput: TensorShape = { channels: 3, height: FACE_SIDE, width: FACE_SIDE };

/** What the graph is called, in programs and where models are listed. */
export const RECOGNITION_NAME = 'face recognition';

/** Subtracted of red, green and blue before they are divided by 255; both are folded into the first layer. */
const MEANS = [122.782, 117.001, 104.298] as const;

/** Residual blocks in order; `down` ones halve the sides. */
const BLOCKS = [
	{ name: 'conv32_1', down: false },
	{ name: 'conv32_2', down: false },
	{ name: 'conv32_3', down: false },
	{ name: 'conv64_down', down: true },
	{ name: 'conv64_1', down: false },
	{ name: 'conv64_2', down: false },
	{ name: 'conv64_3', down: false },
	{ name: 'conv128_down', down: true },
	{ name: 'conv128_1', down: false },
	{ name: 'conv128_2', down: false },
	{ name: 'conv256_down', down: true },
	{ name: 'conv256_1', down: false },
	{ name: 'conv256_2', down: false },
	{ name: 'conv256_down_out', down: true },
] as const;

/** Size and shape of a layer's result, while the network is written down. */
interface Place extends TensorShape {
	readonly tensor: string;
}

/**
 * The recognition network of face-api as a graph: a residual network of 29 convolutions, 5.6 M weights.
 * Shape: 3x150x150 gray levels in, a descriptor of 128 out.
 * Error: within 1e-5 of face-api's own descriptor in each coordinate: float32 rounding.
 * Source: dlib's face recognition model v1 (King 2017), as face-api.js converted it.
 */
export function recognitionNetwork(weights: RecognitionWeights): Graph {
	const nodes: GraphNode[] = [];
	const conv = (from: Place, layer: string, stride: 1 | 2, pad: 0 | 1): Place => {
		const { node, side } = convolution(weights, from, layer, stride, pad);
		nodes.push(node);
		return { tensor: layer, channels: node.outChannels, height: side, width: side };
	};
	const relu = (from: Place): Place => {
		const tensor = `${from.tensor}/relu`;
		nodes.push({ kind: 'relu', input: from.tensor, output: tensor });
		return { ...from, tensor };
	};
	const pixels: Place = { tensor: 'picture', ...recognitionInput };
	const stem = relu(conv(pixels, 'conv32_down', 2, 0));
	const half = Math.floor((stem.height - 3) / 2) + 1;
	const pooling = windowOf(3, 3, { strideY: 2, strideX: 2 });
	nodes.push({ kind: 'max-pool', input: stem.tensor, output: 'pool', window: pooling });
	let x: Place = { tensor: 'pool', channels: stem.channels, height: half, width: half };
	for (const { name, down } of BLOCKS) {
		const inner = relu(conv(x, `${name}/conv1`, down ? 2 : 1, down ? 0 : 1));
		let right = conv(inner, `${name}/conv2`, 1, 1);
		let left = x;
		if (down) {
			const side = Math.floor(x.height / 2);
			const window = windowOf(2, 2, { strideY: 2, strideX: 2 });
			nodes.push({
				kind: 'average-pool',
				input: x.tensor,
				output: `${name}/mean`,
				window,
				countIncludePad: false,
			});
			const size = { channels: right.channels, height: side, width: side };
			left = padded(nodes, { ...x, tensor: `${name}/mean`, height: side, width: side }, size);
			right = padded(nodes, right, size);
		}
		nodes.push({ kind: 'add', left: left.tensor, right: right.tensor, output: `${name}/sum` });
		x = relu({ ...right, tensor: `${name}/sum` });
	}
	nodes.push(
		{ kind: 'global-average-pool', input: x.tensor, output: 'mean' },
		{
			kind: 'gemm',
			input: 'mean',
			output: 'descriptor',
			outChannels: 128,
			weights: transposed(valuesOf(weights, 'fc'), x.channels, 128),
			bias: new Float32Array(128),
		},
	);
	return checkGraph({
		name: RECOGNITION_NAME,
		input: 'picture',
		inputShape: recognitionInput,
		output: 'descriptor',
		nodes,
	});
}

/** Zeros to the right, below, and in further channels, up to `size`. */
function padded(nodes: GraphNode[], from: Place, size: TensorShape): Place {
	if (from.channels === size.channels && from.height === size.height && from.width === size.width) return from;
	const { channels, height, width } = size;
	const indices = Int32Array.from({ length: channels * height * width }, (_, at) => {
		const column = at % width;
		const row = Math.floor(at / width) % height;
		const channel = Math.floor(at / (width * height));
		const isInside = channel < from.channels && row < from.height && column < from.width;
		return isInside ? (channel * from.height + row) * from.width + column : -1;
	});
	const output = `${from.tensor}/padded`;
	nodes.push({ kind: 'gather', inputs: [from.tensor], output, shape: size, indices, fill: 0 });
	return { tensor: output, ...size };
}

/** Convolution, scale and offset of one layer as one convolution; of the first one what is done to pixels, too. */
function convolution(
	all: RecognitionWeights,
	from: Place,
	layer: string,
	stride: 1 | 2,
	pad: 0 | 1,
): { readonly node: ConvNode; readonly side: number } {
	const [kernel, bias, factors, offsets] = ['conv/filters', 'conv/bias', 'scale/weights', 'scale/biases'].map((part) =>
		valuesOf(all, `${layer}/${part}`),
	);
	const outChannels = bias.length;
	const sideOfKernel = Math.sqrt(kernel.length / outChannels / from.channels);
	const taps = sideOfKernel ** 2;
	const readsPixels = from.tensor === 'picture';
	const weights = new Float32Array(kernel.length);
	const sums = new Float64Array(outChannels);
	for (let out = 0; out < outChannels; out++) {
		for (let channel = 0; channel < from.channels; channel++) {
			for (let tap = 0; tap < taps; tap++) {
				const value = kernel[(tap * from.channels + channel) * outChannels + out] * factors[out];
				const weight = readsPixels ? value / 255 : value;
				weights[(out * from.channels + channel) * taps + tap] = weight;
				if (readsPixels) sums[out] -= weight * MEANS[channel];
			}
		}
	}
	const window = windowOf(sideOfKernel, sideOfKernel, {
		strideY: stride,
		strideX: stride,
		padTop: pad,
		padLeft: pad,
		padBottom: pad,
		padRight: pad,
	});
	return {
		node: {
			kind: 'conv',
			input: from.tensor,
			output: layer,
			outChannels,
			groups: 1,
			window,
			weights,
			bias: bias.map((value, out) => value * factors[out] + offsets[out] + sums[out]),
		},
		side: Math.floor((from.height + 2 * pad - sideOfKernel) / stride) + 1,
	};
}

/** Shape: inner x outer in, outer x inner out. */
function transposed(values: Float32Array, inner: number, outer: number): Float32Array {
	return Float32Array.from(values, (_, at) => values[(at % inner) * outer + Math.floor(at / inner)]);
}

function valuesOf(weights: RecognitionWeights, name: string): Float32Array {
	const values = weights.get(name);
	if (values !== undefined) return values;
	throw new DataError('no-face-weights', `the recognition network's weights lack ${name}`, {
		hint: 'Install veilcam again, with its dependencies; weights of yours have to be as complete.',
	});
}
