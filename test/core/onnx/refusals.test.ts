import test from 'ava';
import { DataError } from '../../../src/core/errors.js';
import { importOnnx, knownOperators } from '../../../src/core/onnx/import-onnx.js';
import type { ModelProto } from '../../../src/core/onnx/proto.js';
import { encodeModel, floats, longs, type ModelSpec, modelProto, node, noExternal } from '../../helpers/onnx-models.js';

const picture = [1, 2, 4, 4];
const relu = node('Relu', ['x'], ['y']);
const small: ModelSpec = { input: picture, nodes: [relu] };

function refusalOf(bytes: Uint8Array): DataError {
	try {
		importOnnx(bytes, 'm.onnx', noExternal);
	} catch (error) {
		if (error instanceof DataError) return error;
		throw error;
	}
	throw new Error('expected a refusal');
}

const specs: readonly (readonly [why: string, model: ModelSpec, message: RegExp])[] = [
	['an opset that is too old', { ...small, opset: 8 }, /^m\.onnx: is of opset 8, expected 9 to 20$/],
	['an opset that is too new', { ...small, opset: 21 }, /opset 21/],
	[
		'a node of another domain',
		{ ...small, nodes: [{ ...relu, domain: 'com.acme' }] },
		/com\.acme\.Relu y: this operator/,
	],
	[
		'a value that nothing writes',
		{ ...small, nodes: [node('Add', ['x', 'z'], ['y'])] },
		/Add y: reads z, which nothing writes$/,
	],
	[
		'a cycle',
		{ ...small, nodes: [node('Add', ['x', 'y'], ['z']), node('Relu', ['z'], ['y'])] },
		/depends on its own result/,
	],
	['a value written twice', { ...small, nodes: [relu, relu] }, /Relu y: writes y, which is there already/],
	[
		'a value that shadows the input',
		{ ...small, nodes: [node('Relu', ['x'], ['x'])] },
		/writes x, which is there already/,
	],
	['an output that nothing writes', { ...small, output: 'z' }, /its output z is written by no node/],
	['a batch of two', { ...small, input: [2, 2, 4, 4] }, /takes a batch of 2/],
	['a side that is not fixed', { ...small, input: ['batch', 2, 'height', 4] }, /side 3 is not fixed \(height\)/],
	[
		'sides that multiply beyond memory',
		{ ...small, input: [1, 2 ** 31, 2 ** 31, 4] },
		/empty or has over|over 67108864 values/,
	],
	['a node without its input', { ...small, nodes: [node('Conv', ['x'], ['y'])] }, /Conv y: has no input 2/],
	[
		'weights for other channels',
		{ ...small, nodes: [node('Conv', ['x', 'w'], ['y'])], constants: [floats('w', [1, 3, 1, 1], [1, 2, 3])] },
		/weights of 1x3x1x1 in 1 groups for an input of 1x2x4x4/,
	],
	[
		'weights that depend on the input',
		{ ...small, nodes: [node('Conv', ['x', 'x'], ['y'])] },
		/input 2 depends on the network's input/,
	],
	[
		'weights that are no numbers',
		{ ...small, nodes: [node('Mul', ['x', 'c'], ['y'])], constants: [floats('c', [1], [Number.NaN])] },
		/an infinity or a NaN/,
	],
	[
		'a weight that is infinite',
		{
			...small,
			nodes: [node('Conv', ['x', 'w'], ['y'])],
			constants: [floats('w', [1, 2, 1, 1], [1, Number.POSITIVE_INFINITY])],
		},
		/infinity or a NaN/,
	],
	[
		'a window that is too large',
		{ ...small, nodes: [node('MaxPool', ['x'], ['y'], { kernel_shape: [5, 5] })] },
		/a window of 5x5/,
	],
	[
		'a stride of 0',
		{ ...small, nodes: [node('MaxPool', ['x'], ['y'], { kernel_shape: [2, 2], strides: [0, 1] })] },
		/at least 1/,
	],
	[
		'a negative pad',
		{ ...small, nodes: [node('MaxPool', ['x'], ['y'], { kernel_shape: [2, 2], pads: [-1, 0, 0, 0] })] },
		/pads: expected whole numbers/,
	],
	[
		'a convolution of a volume',
		{
			input: [1, 1, 2, 2, 2],
			nodes: [node('Conv', ['x', 'w'], ['y'])],
			constants: [floats('w', [1, 1, 1, 1, 1], [1])],
		},
		/expected 1 x channels x/,
	],
	[
		'a shape that does not fit',
		{ ...small, nodes: [node('Reshape', ['x', 's'], ['y'])], constants: [longs('s', [5, -1])] },
		/cannot make 5x-1 of 1x2x4x4/,
	],
	[
		'sides that do not fit',
		{ ...small, nodes: [node('Add', ['x', 'c'], ['y'])], constants: [floats('c', [3], [1, 2, 3])] },
		/1x2x4x4 and 3 do not fit/,
	],
	[
		'a division by the input',
		{ ...small, nodes: [node('Div', ['x', 'x'], ['y'])] },
		/divides by what depends on the input/,
	],
	[
		'a division by zero',
		{ ...small, nodes: [node('Div', ['x', 'c'], ['y'])], constants: [floats('c', [1], [0])] },
		/divides by zero/,
	],
	[
		'a product of two unknown matrices',
		{ ...small, nodes: [node('MatMul', ['x', 'x'], ['y'])] },
		/both depend on the input/,
	],
	[
		'a softmax in the middle',
		{ ...small, nodes: [node('Softmax', ['x'], ['s']), node('Relu', ['s'], ['y'])] },
		/reads a softmax, which may only be the end/,
	],
	[
		'a softmax beside the end',
		{
			...small,
			nodes: [node('Softmax', ['x'], ['s']), node('Identity', ['s'], ['i']), node('Add', ['i', 'x'], ['y'])],
		},
		/may only be the end/,
	],
	[
		'a constant that asks for memory',
		{
			...small,
			nodes: [node('ConstantOfShape', ['s'], ['c']), node('Add', ['x', 'c'], ['y'])],
			constants: [longs('s', [2 ** 20, 2 ** 20])],
		},
		/ConstantOfShape c: a shape of 1048576x1048576/,
	],
	[
		'pads that ask for memory',
		{
			...small,
			nodes: [node('Pad', ['x', 'p'], ['y'])],
			constants: [longs('p', [0, 0, 2 ** 12, 2 ** 13, 0, 0, 0, 0])],
		},
		/over 33554432 values, which is not believed|has over/,
	],
	[
		'an output that is a constant',
		{ ...small, nodes: [node('Identity', ['c'], ['y'])], constants: [floats('c', [1], [1])] },
		/does not depend on its input/,
	],
	[
		'batch normalisation that trains',
		{
			...small,
			nodes: [node('BatchNormalization', ['x', 'c', 'c', 'c', 'c'], ['y'], { training_mode: 1 })],
			constants: [floats('c', [2], [1, 1])],
		},
		/is in training mode/,
	],
	[
		'a mean of a wrong axis',
		{ ...small, nodes: [node('ReduceMean', ['x'], ['y'], { axes: [7] })] },
		/axis 7 is none of 4/,
	],
	[
		'parts that are not all',
		{ ...small, nodes: [node('Split', ['x', 's'], ['y', 'z'])], constants: [longs('s', [1, 2])] },
		/splits 1 into 1 \+ 2/,
	],
	[
		'a second output that is not computed',
		{ ...small, nodes: [node('MaxPool', ['x'], ['p', 'i'], { kernel_shape: [2, 2] }), node('Add', ['p', 'i'], ['y'])] },
		/an output that is not computed here/,
	],
];
for (const [why, model, message] of specs) {
	test(`${why} is refused in one sentence`, (t) => {
		const error = refusalOf(encodeModel(modelProto(model)));
		t.regex(error.message, message);
		t.notRegex(error.message, /\n/);
	});
}

test('an operator that is not there is named, with those that are', (t) => {
	const error = refusalOf(encodeModel(modelProto({ ...small, nodes: [node('LSTM', ['x'], ['y'])] })));
	t.is(error.message, 'm.onnx: LSTM y: this operator is not supported');
	t.is(error.hint, `Supported: ${knownOperators.join(', ')}.`);
	t.true(knownOperators.includes('Conv'));
});

test('an operator that the output does not need may be anything', (t) => {
	const nodes = [node('LSTM', ['x'], ['z']), relu];
	t.notThrows(() => importOnnx(encodeModel(modelProto({ ...small, nodes })), 'm.onnx', noExternal));
});

function changed(change: (graph: NonNullable<ModelProto['graph']>) => ModelProto['graph']): Uint8Array {
	const model = modelProto({
		...small,
		nodes: [node('Conv', ['x', 'w'], ['y'])],
		constants: [floats('w', [1, 2, 1, 1], [1, 2])],
	});
	return encodeModel({ ...model, graph: change(model.graph ?? {}) });
}

const [weights] = modelProto({ ...small, constants: [floats('w', [1, 2, 1, 1], [1, 2])] }).graph?.initializer ?? [];
const broken: readonly (readonly [why: string, bytes: Uint8Array, message: RegExp])[] = [
	[
		'a file of another kind',
		new TextEncoder().encode('P5 640 480 255 and so on'),
		/^m\.onnx: not an ONNX model, or cut off$/,
	],
	['an empty file', new Uint8Array(0), /holds no graph/],
	['a cut file', changed((graph) => graph).subarray(0, 60), /cut off/],
	[
		'weights cut short',
		changed((graph) => ({ ...graph, initializer: [{ ...weights, rawData: new Uint8Array(4) }] })),
		/weights w: expected 8 bytes for 1x2x1x1, got 4/,
	],
	[
		'weights in a list that is short',
		changed((graph) => ({ ...graph, initializer: [{ name: 'w', dims: [1, 2, 1, 1], dataType: 1, floatData: [1] }] })),
		/expected 2 values for 1x2x1x1, got 1/,
	],
	[
		'weights of a size that nobody has',
		changed((graph) => ({ ...graph, initializer: [{ ...weights, dims: [2 ** 40, 2, 1, 1] }] })),
		/a shape of 1099511627776x2x1x1 is none, or has over/,
	],
	[
		'weights of negative size',
		changed((graph) => ({ ...graph, initializer: [{ ...weights, dims: [-1, -2] }] })),
		/a shape of -1x-2 is none/,
	],
	[
		'weights that are text',
		changed((graph) => ({ ...graph, initializer: [{ ...weights, dataType: 8 }] })),
		/of type 8, which is no number/,
	],
	[
		'weights that are there twice',
		changed((graph) => ({ ...graph, initializer: [weights, weights] })),
		/are there twice/,
	],
	['sparse weights', changed((graph) => ({ ...graph, sparseInitializer: [{}] })), /sparse/],
	[
		'two inputs',
		changed((graph) => ({ ...graph, input: [...(graph.input ?? []), { name: 'z' }] })),
		/has 2 inputs, expected one/,
	],
	[
		'two outputs',
		changed((graph) => ({ ...graph, output: [...(graph.output ?? []), { name: 'z' }] })),
		/has 2 outputs, expected one/,
	],
	[
		'an input of whole numbers',
		changed((graph) => ({ ...graph, input: [{ name: 'x', type: { tensorType: { elemType: 7 } } }] })),
		/no tensor of float32/,
	],
	[
		'an input without a shape',
		changed((graph) => ({ ...graph, input: [{ name: 'x', type: { tensorType: { elemType: 1 } } }] })),
		/has no shape/,
	],
];
for (const [why, bytes, message] of broken) {
	test(`${why} is refused`, (t) => {
		t.regex(refusalOf(bytes).message, message);
	});
}
