import { floats, longs, node } from './onnx-models.js';
import { type OperatorCase, one, several, some } from './operator-case.js';

const picture = [1, 2, 7, 6];
const signal = [1, 2, 9];

/** Operators that only move values. */
export const movementCases: readonly OperatorCase[] = [
	one('Flatten', picture, 'Flatten'),
	one('Flatten at axis 3', picture, 'Flatten', [], { axis: 3 }),
	one('Reshape with 0 and -1', picture, 'Reshape', [longs('s', [0, -1, 3])]),
	one('Transpose', picture, 'Transpose', [], { perm: [0, 2, 3, 1] }),
	one('Transpose without an order', [1, 3, 4], 'Transpose'),
	one('Squeeze of all', [1, 1, 4, 3], 'Squeeze'),
	one('Squeeze of one side', [1, 1, 4, 3], 'Squeeze', [longs('a', [1])]),
	one('Squeeze of opset 11', [1, 1, 4, 3], 'Squeeze', [], { axes: [-3] }, 11),
	one('Unsqueeze', picture, 'Unsqueeze', [longs('a', [0, -1])]),
	one('Unsqueeze of opset 11', signal, 'Unsqueeze', [], { axes: [2] }, 11),
	several('Concat of channels', picture, [
		node('Relu', ['x'], ['r']),
		node('Concat', ['x', 'r', 'x'], ['y'], { axis: 1 }),
	]),
	several('Concat of rows', picture, [node('Relu', ['x'], ['r']), node('Concat', ['r', 'x'], ['y'], { axis: -2 })]),
	one('Slice', picture, 'Slice', [longs('f', [1, -3]), longs('t', [5, 2 ** 62]), longs('a', [2, 3])]),
	one('Slice backwards, with steps', picture, 'Slice', [
		longs('f', [-1, 0]),
		longs('t', [-100, 6]),
		longs('a', [-2, 3]),
		longs('s', [-2, 3]),
	]),
	one('Slice of opset 9', picture, 'Slice', [], { starts: [1], ends: [-1], axes: [3] }, 9),
	several(
		'Split in even parts',
		picture,
		[node('Split', ['x'], ['p', 'q'], { axis: 3 }), node('Sub', ['q', 'p'], ['y'])],
		[],
		13,
	),
	several(
		'Split in parts of given sizes',
		picture,
		[node('Split', ['x', 'z'], ['p', 'q'], { axis: 2 }), node('Relu', ['q'], ['y'])],
		[longs('z', [3, 4])],
	),
	several(
		'Split of opset 18',
		picture,
		[node('Split', ['x'], ['p', 'q'], { axis: 2, num_outputs: 2 }), node('Relu', ['q'], ['y'])],
		[],
		18,
	),
	several(
		'Split of opset 11',
		picture,
		[node('Split', ['x'], ['p', 'q'], { axis: 1, split: [1, 1] }), node('Add', ['q', 'p'], ['y'])],
		[],
		11,
	),
	one('Pad with a constant', picture, 'Pad', [longs('p', [0, 0, 1, 2, 0, 1, 0, 3]), floats('v', [], [0.5])]),
	one('Pad by reflection', picture, 'Pad', [longs('p', [0, 0, 2, 1, 0, 0, 3, 5])], { mode: 'reflect' }),
	one('Pad with the edge', picture, 'Pad', [longs('p', [0, 1, 2, 1, 0, 0, 9, 0])], { mode: 'edge' }),
	one('Pad that crops', picture, 'Pad', [longs('p', [0, 0, -1, 2, 0, 0, 1, -2])]),
	one('Pad of opset 9', picture, 'Pad', [], { pads: [0, 0, 1, 0, 0, 0, 0, 2], value: { float: -1 } }, 9),
	several(
		'Pad of opset 18',
		picture,
		[node('Pad', ['x', 'p', '', 'a'], ['y'])],
		[longs('p', [1, 2]), longs('a', [3])],
		18,
	),
	one('Expand', [1, 2, 1, 3], 'Expand', [longs('s', [1, 2, 4, 1])]),
	one('Gather', picture, 'Gather', [longs('i', [3, 0, -1])], { axis: 2 }),
	several('Identity and Dropout', picture, [
		node('Identity', ['x'], ['i']),
		node('Dropout', ['i'], ['d']),
		node('Relu', ['d'], ['y']),
	]),
];

/** What is worked out at import. */
export const foldedCases: readonly OperatorCase[] = [
	several(
		'shape arithmetic as PyTorch writes a view',
		picture,
		[
			node('Shape', ['x'], ['s']),
			node('Constant', [], ['zero'], { value: longs('', [0], []) }),
			node('Gather', ['s', 'zero'], ['batch'], { axis: 0 }),
			node('Unsqueeze', ['batch', 'front'], ['b1']),
			node('Concat', ['b1', 'rest'], ['shape'], { axis: 0 }),
			node('Reshape', ['x', 'shape'], ['y']),
		],
		[longs('front', [0]), longs('rest', [-1])],
	),
	several(
		'pads as PyTorch writes them',
		picture,
		[
			node('ConstantOfShape', ['four'], ['zeros'], { value: longs('', [0]) }),
			node('Concat', ['two', 'zeros'], ['all'], { axis: 0 }),
			node('Reshape', ['all', 'pairs'], ['matrix']),
			node('Slice', ['matrix', 'last', 'first', 'rows', 'back'], ['turned']),
			node('Transpose', ['turned'], ['columns'], { perm: [1, 0] }),
			node('Reshape', ['columns', 'flat'], ['line']),
			node('Cast', ['line'], ['pads'], { to: 7 }),
			node('Pad', ['x', 'pads'], ['y']),
		],
		[
			longs('four', [4]),
			longs('two', [1, 2, 0, 3]),
			longs('pairs', [-1, 2]),
			longs('last', [-1]),
			longs('first', [-(2 ** 62)]),
			longs('rows', [0]),
			longs('back', [-1]),
			longs('flat', [-1]),
		],
	),
	several(
		'whole numbers divided towards zero',
		[1, 12],
		[
			node('Div', ['seven', 'two'], ['three']),
			node('Mul', ['three', 'two'], ['six']),
			node('Sub', ['six', 'two'], ['four']),
			node('Add', ['four', 'minus'], ['less']),
			node('Concat', ['less', 'minus'], ['shape'], { axis: 0 }),
			node('Reshape', ['x', 'shape'], ['y']),
		],
		[longs('seven', [7]), longs('two', [2]), longs('minus', [-1])],
	),
	several(
		'a constant that is computed',
		picture,
		[node('Mul', ['a', 'b'], ['c']), node('Add', ['x', 'c'], ['y'])],
		[some('a', [2, 1, 1]), some('b', [1])],
	),
];
