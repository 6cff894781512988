import { foldedCases, movementCases } from './movement-cases.js';
import { floats, longs, node } from './onnx-models.js';
import { type OperatorCase, one, several, some } from './operator-case.js';

const picture = [1, 2, 7, 6];
const kernel = some('w', [4, 2, 3, 3]);
const signal = [1, 2, 9];

const convolutions: readonly OperatorCase[] = [
	one('Conv', picture, 'Conv', [kernel, some('bias', [4])]),
	one('Conv without a bias, with strides and uneven pads', picture, 'Conv', [kernel], {
		strides: [2, 3],
		pads: [0, 1, 2, 1],
	}),
	one('Conv with dilations', picture, 'Conv', [kernel], {
		dilations: [2, 1],
		pads: [1, 0, 1, 0],
		kernel_shape: [3, 3],
	}),
	one('Conv in groups', picture, 'Conv', [some('w', [4, 1, 3, 2])], { group: 2 }),
	one('Conv of each channel by itself', picture, 'Conv', [some('w', [2, 1, 3, 3]), some('b', [2])], {
		group: 2,
		pads: [1, 1, 1, 1],
	}),
	one('Conv with auto_pad SAME_UPPER', picture, 'Conv', [some('w', [3, 2, 2, 3])], {
		auto_pad: 'SAME_UPPER',
		strides: [2, 2],
	}),
	one('Conv with auto_pad SAME_LOWER', picture, 'Conv', [some('w', [3, 2, 2, 2])], {
		auto_pad: 'SAME_LOWER',
		strides: [1, 2],
	}),
	one('Conv with auto_pad VALID', picture, 'Conv', [kernel], { auto_pad: 'VALID' }),
	one('Conv of a signal', signal, 'Conv', [some('w', [3, 2, 4]), some('b', [3])], { pads: [2, 1], strides: [2] }),
	one('Conv of a signal with dilation, in groups', signal, 'Conv', [some('w', [2, 1, 3])], {
		dilations: [3],
		group: 2,
		pads: [0, 2],
	}),
	one('Conv of opset 9', picture, 'Conv', [kernel], {}, 9),
];

const products: readonly OperatorCase[] = [
	one('Gemm', [1, 6], 'Gemm', [some('w', [6, 4]), some('b', [4])]),
	one('Gemm with transB, alpha and beta', [1, 6], 'Gemm', [some('w', [4, 6]), some('b', [1, 4])], {
		transB: 1,
		alpha: { float: 0.5 },
		beta: { float: 2 },
	}),
	one('Gemm with a single number added', [1, 6], 'Gemm', [some('w', [6, 3]), floats('b', [1], [0.7])]),
	several(
		'Gemm with transA and several rows',
		[1, 6],
		[node('Reshape', ['x', 's'], ['r']), node('Gemm', ['r', 'w'], ['y'], { transA: 1 })],
		[longs('s', [3, 2]), some('w', [3, 5])],
	),
	one('MatMul', [1, 6], 'MatMul', [some('w', [6, 4])]),
	one('MatMul of several rows', [1, 3, 5], 'MatMul', [some('w', [5, 4])]),
	one('MatMul of rows in planes', [1, 2, 3, 5], 'MatMul', [some('w', [5, 2])]),
	several(
		'MatMul with the constant on the left',
		[1, 6],
		[node('Reshape', ['x', 's'], ['r']), node('MatMul', ['w', 'r'], ['y'])],
		[longs('s', [3, 2]), some('w', [4, 3])],
	),
];

const arithmetic: readonly OperatorCase[] = ['Add', 'Sub', 'Mul', 'Div'].flatMap((op): OperatorCase[] => [
	one(`${op} with one number`, picture, op, [floats('c', [], [0.75])]),
	one(`${op} with one per channel`, picture, op, [some('c', [1, 2, 1, 1], 2, true)]),
	one(`${op} with one per row`, picture, op, [some('c', [7, 1], 2, true)]),
	one(`${op} with one per value`, picture, op, [some('c', picture, 2, true)]),
	one(`${op} with a constant that stretches the tensor`, [1, 2, 1, 3], op, [some('c', [1, 1, 4, 3], 2, true)]),
	...(op === 'Div'
		? []
		: [
				several(`${op} with the constant on the left`, picture, [node(op, ['c', 'x'], ['y'])], [some('c', [2, 1, 1])]),
				several(`${op} of two tensors`, picture, [node('Relu', ['x'], ['r']), node(op, ['r', 'x'], ['y'])]),
				several(`${op} of two tensors, one stretched`, picture, [
					node('GlobalAveragePool', ['x'], ['g']),
					node(op, ['g', 'x'], ['y']),
				]),
			]),
]);

const elementwise: readonly OperatorCase[] = [
	one(
		'BatchNormalization',
		picture,
		'BatchNormalization',
		[some('g', [2]), some('b', [2]), some('mm', [2]), some('var', [2], 1, true)],
		{ epsilon: { float: 0.01 } },
	),
	one('BatchNormalization of a vector', [1, 5], 'BatchNormalization', [
		some('g', [5]),
		some('b', [5]),
		some('mm', [5]),
		some('var', [5], 1, true),
	]),
	one('Relu', picture, 'Relu'),
	one('LeakyRelu', picture, 'LeakyRelu'),
	one('LeakyRelu with a steep slope', picture, 'LeakyRelu', [], { alpha: { float: 1.5 } }),
	one('PRelu with one slope', picture, 'PRelu', [floats('s', [1], [0.2])]),
	one('PRelu with a slope per channel', picture, 'PRelu', [some('s', [2, 1, 1])]),
	one('Clip of two bounds', picture, 'Clip', [floats('lo', [], [-0.5]), floats('hi', [], [0.8])]),
	one('Clip from below', picture, 'Clip', [floats('lo', [], [0.25])]),
	several('Clip from above', picture, [node('Clip', ['x', '', 'hi'], ['y'])], [floats('hi', [], [0.5])]),
	one('Clip of opset 9 as ReLU6', picture, 'Clip', [], { min: { float: 0 }, max: { float: 6 } }, 9),
	several(
		'Sum of three',
		picture,
		[node('Relu', ['x'], ['r']), node('Sum', ['x', 'r', 'c'], ['y'])],
		[some('c', [2, 1, 1])],
	),
	one('Sum of one', picture, 'Sum'),
];

const pools: readonly OperatorCase[] = [
	one('MaxPool', picture, 'MaxPool', [], { kernel_shape: [2, 2], strides: [2, 2] }),
	one('MaxPool with uneven pads', picture, 'MaxPool', [], {
		kernel_shape: [3, 2],
		strides: [2, 1],
		pads: [1, 0, 2, 1],
	}),
	one('MaxPool with ceil_mode', picture, 'MaxPool', [], { kernel_shape: [3, 3], strides: [2, 2], ceil_mode: 1 }),
	one('MaxPool with auto_pad', picture, 'MaxPool', [], { kernel_shape: [2, 3], auto_pad: 'SAME_UPPER' }),
	one('MaxPool of a signal', signal, 'MaxPool', [], { kernel_shape: [3], strides: [2] }),
	one('AveragePool', picture, 'AveragePool', [], { kernel_shape: [2, 3], strides: [2, 1] }),
	one('AveragePool that leaves pads out', picture, 'AveragePool', [], { kernel_shape: [3, 3], pads: [1, 1, 1, 0] }),
	one('AveragePool that counts pads', picture, 'AveragePool', [], {
		kernel_shape: [3, 3],
		pads: [1, 1, 1, 0],
		count_include_pad: 1,
	}),
	one('AveragePool with ceil_mode', picture, 'AveragePool', [], {
		kernel_shape: [2, 4],
		strides: [2, 4],
		ceil_mode: 1,
	}),
	one('AveragePool of a signal', signal, 'AveragePool', [], { kernel_shape: [4], strides: [2], pads: [1, 2] }),
	one('GlobalAveragePool', picture, 'GlobalAveragePool'),
	one('GlobalAveragePool of a signal', signal, 'GlobalAveragePool'),
	one('ReduceMean of planes', picture, 'ReduceMean', [], { axes: [2, 3] }),
	one('ReduceMean without the sides', picture, 'ReduceMean', [], { axes: [-1, -2], keepdims: 0 }),
	one('ReduceMean of channels', picture, 'ReduceMean', [], { axes: [1] }),
	one('ReduceMean of everything', picture, 'ReduceMean', [], { keepdims: 0 }),
	one('ReduceMean of opset 18', picture, 'ReduceMean', [longs('axes', [3])], {}, 18),
];

const ends: readonly OperatorCase[] = [
	one('Softmax', [1, 6], 'Softmax'),
	one('Softmax of channels', picture, 'Softmax', [], { axis: 1 }),
	one('Softmax of opset 11', picture, 'Softmax', [], { axis: 2 }, 11),
	one('Sigmoid', picture, 'Sigmoid'),
	{ title: 'ArgMax', model: { ...one('', [1, 6], 'ArgMax', [], { axis: 1 }).model, outputType: 7 } },
	{
		title: 'ArgMax without the side',
		model: { ...one('', picture, 'ArgMax', [], { axis: -2, keepdims: 0 }).model, outputType: 7 },
	},
	several('Softmax and Identity', [1, 6], [node('Softmax', ['x'], ['s']), node('Identity', ['s'], ['y'])]),
];

/** Every operator with its attributes at their edges. */
export const operatorCases: readonly OperatorCase[] = [
	...convolutions,
	...products,
	...arithmetic,
	...elementwise,
	...pools,
	...movementCases,
	...foldedCases,
	...ends,
];
