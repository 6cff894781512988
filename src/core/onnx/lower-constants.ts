import { type Constant, isWholeType, readConstant } from './constants.js';
import type { Lower } from './lower-movements.js';
import type { Lowering } from './lowering.js';
import { floatOf, intOf, intsOf, type OnnxNode, tensorOf } from './onnx-node.js';

/** Operators that are known at import: constants, and the arithmetic of shapes. */
export const constantOperators: Readonly<Record<string, Lower>> = {
	Constant(lowering, at) {
		const tensor = tensorOf(at, 'value');
		if (tensor !== undefined) {
			lowering.setOutput(
				at,
				readConstant(tensor, () => refuseExternal(at), at.refuse),
			);
			return;
		}
		const whole = at.attributes.has('value_int') ? [intOf(at, 'value_int', 0)] : intsOf(at, 'value_ints');
		const numbers = at.attributes.has('value_float')
			? [floatOf(at, 'value_float', 0)]
			: at.attributes.get('value_floats')?.floats;
		const list = whole ?? numbers;
		if (list === undefined) throw at.refuse('holds something else than numbers');
		const isSingle = at.attributes.has('value_int') || at.attributes.has('value_float');
		const dims = isSingle ? [] : [list.length];
		lowering.setOutput(at, { kind: 'constant', dims, values: Float64Array.from(list), isWhole: whole !== undefined });
	},
	ConstantOfShape(lowering, at) {
		const dims = Array.from(lowering.constantOf(at, 0).values);
		const tensor = tensorOf(at, 'value');
		const value = tensor === undefined ? undefined : readConstant(tensor, () => refuseExternal(at), at.refuse);
		const values = new Float64Array(lowering.spend(at, dims)).fill(value?.values[0] ?? 0);
		lowering.setOutput(at, { kind: 'constant', dims, values, isWhole: value?.isWhole ?? false });
	},
	Shape(lowering, at) {
		const { dims } = lowering.valueOf(at, 0);
		const part = dims.slice(intOf(at, 'start', 0), at.attributes.has('end') ? intOf(at, 'end', 0) : undefined);
		lowering.setOutput(at, { kind: 'constant', dims: [part.length], values: Float64Array.from(part), isWhole: true });
	},
	Cast(lowering, at) {
		const value = lowering.valueOf(at, 0);
		const isWhole = isWholeType(intOf(at, 'to', 1));
		if (value.kind === 'tensor') {
			if (isWhole) throw at.refuse('rounds what depends on the input, which is not supported');
			lowering.setOutput(at, value);
			return;
		}
		lowering.setOutput(at, { ...value, values: isWhole ? value.values.map(Math.trunc) : value.values, isWhole });
	},
};

function refuseExternal(at: OnnxNode): never {
	throw at.refuse('keeps its value in another file, which only weights may');
}

export type Arithmetic = 'Add' | 'Sub' | 'Mul' | 'Div';

/** Two constants of one shape. Whole numbers are divided towards zero. */
export function computeConstant(op: Arithmetic, a: Constant, b: Constant): Constant {
	const isWhole = a.isWhole && b.isWhole;
	const values = a.values.map((value, at) => compute(op, value, b.values[at]));
	return { ...a, values: isWhole ? values.map(Math.trunc) : values, isWhole };
}

function compute(op: Arithmetic, a: number, b: number): number {
	if (op === 'Add') return a + b;
	if (op === 'Sub') return a - b;
	return op === 'Mul' ? a * b : a / b;
}

/** A constant with one number per value of `dims`. Throws: what the node refuses. */
export function asFloat(lowering: Lowering, at: OnnxNode, index: number): Constant {
	const constant = lowering.constantOf(at, index);
	if (!constant.values.every(Number.isFinite)) throw at.refuse(`its input ${index + 1} holds an infinity or a NaN`);
	return constant;
}
