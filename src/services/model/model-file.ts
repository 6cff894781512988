import { createHash } from 'node:crypto';
import { DataError } from '../../core/errors.js';
import type { Graph } from '../../core/nn/graph.js';
import { decodeProgram, encodeProgram } from '../party/program-wire.js';
import { MODEL_VERSION } from '../versions.js';
import type { Model } from './model.js';

//        0      8  magic
//        8      4  version, little-endian
//       12      4  length h of the head
//       16      4  number w of weights
//       20      h  head, JSON: the program without its weights, and what `model show` tells
//     20+h    4 w  weights, float32, layer by layer: weights, then bias
//  20+h+4w     32  SHA-256 of all before it
const MAGIC = 'VEILMODL';
const HEAD_AT = 20;
const HASH_BYTES = 32;

/** All that the head holds beside the program. */
type About = Omit<Model, 'graph' | 'fixedPoint' | 'windows'>;

/** Is it a file of this kind? */
export function isModelFile(bytes: Uint8Array): boolean {
	return Buffer.from(bytes.subarray(0, MAGIC.length)).toString('latin1') === MAGIC;
}

export function encodeModelFile(model: Model): Buffer {
	const { graph, fixedPoint, windows, ...about } = model;
	const head = Buffer.from(JSON.stringify({ ...about, program: encodeProgram({ graph, fixedPoint, windows }) }));
	const layers = model.hasWeights
		? graph.nodes.flatMap((node) => ('weights' in node ? [node.weights, node.bias] : []))
		: [];
	const weights = Buffer.concat(
		layers.map(({ buffer, byteOffset, byteLength }) => Buffer.from(buffer, byteOffset, byteLength)),
	);
	const start = Buffer.alloc(HEAD_AT);
	start.write(MAGIC, 'latin1');
	start.writeUInt32LE(MODEL_VERSION, 8);
	start.writeUInt32LE(head.length, 12);
	start.writeUInt32LE(weights.length / 4, 16);
	const body = Buffer.concat([start, head, weights]);
	return Buffer.concat([body, createHash('sha256').update(body).digest()]);
}

/** Throws: DataError `bad-model` for a file that is none, of the future, cut off or changed. */
export function decodeModelFile(bytes: Uint8Array, file: string): Model {
	const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
	const refuse = (why: string, cause?: unknown): DataError =>
		new DataError('bad-model', `${file}: ${why}`, {
			hint: 'Import the model again: veilcam model import F.onnx',
			cause,
		});
	if (!isModelFile(bytes)) throw refuse('not a model of veilcam');
	if (buffer.length < HEAD_AT + HASH_BYTES) throw refuse('the model is cut off');
	const [version, headBytes, weightCount] = [8, 12, 16].map((at) => buffer.readUInt32LE(at));
	if (version !== MODEL_VERSION) throw refuse(`a model of version ${version}, this veilcam reads ${MODEL_VERSION}`);
	const end = HEAD_AT + headBytes + 4 * weightCount;
	if (buffer.length !== end + HASH_BYTES) {
		throw refuse(`the model is cut off: expected ${end + HASH_BYTES} bytes, got ${buffer.length}`);
	}
	if (!createHash('sha256').update(buffer.subarray(0, end)).digest().equals(buffer.subarray(end))) {
		throw refuse('the model has been changed or damaged');
	}
	try {
		const head: About & { program: string } = JSON.parse(buffer.toString('utf8', HEAD_AT, HEAD_AT + headBytes));
		const { program: text, ...about } = head;
		const { program } = decodeProgram(text);
		const weights = new Float32Array(Uint8Array.from(buffer.subarray(HEAD_AT + headBytes, end)).buffer);
		return { ...about, ...program, graph: about.hasWeights ? withWeights(program.graph, weights) : program.graph };
	} catch (cause) {
		throw refuse('the model does not hold what it should', cause);
	}
}

/** Throws: RangeError for another number of weights than the layers have. */
function withWeights(graph: Graph, weights: Float32Array): Graph {
	let at = 0;
	const take = (count: number): Float32Array => {
		at += count;
		return weights.slice(at - count, at);
	};
	const nodes = graph.nodes.map((node) =>
		'weights' in node ? { ...node, weights: take(node.weights.length), bias: take(node.bias.length) } : node,
	);
	if (at !== weights.length) throw new RangeError(`expected ${at} weights, got ${weights.length}`);
	return { ...graph, nodes };
}
