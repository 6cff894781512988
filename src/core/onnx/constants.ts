import type { TensorProto } from './proto.js';
import type { Refuse } from './refuse.js';

/** Values known at import. Shape: sides, the outermost first; none for a single number. */
export interface Constant {
	readonly kind: 'constant';
	readonly dims: readonly number[];
	readonly values: Float64Array;
	/** Of an integer type: divisions are rounded towards zero. */
	readonly isWhole: boolean;
}

/** Bytes of a file beside the model. Throws: DataError for a file outside of the model's folder. */
export type ReadExternal = (location: string, offset: number, length: number | undefined) => Uint8Array;

type Reader = (view: DataView, at: number) => number;

/** By TensorProto.DataType. */
const types: ReadonlyMap<number, { readonly bytes: number; readonly read: Reader; readonly isWhole: boolean }> =
	new Map([
		[1, { bytes: 4, isWhole: false, read: (view, at) => view.getFloat32(at, true) }],
		[2, { bytes: 1, isWhole: true, read: (view, at) => view.getUint8(at) }],
		[3, { bytes: 1, isWhole: true, read: (view, at) => view.getInt8(at) }],
		[4, { bytes: 2, isWhole: true, read: (view, at) => view.getUint16(at, true) }],
		[5, { bytes: 2, isWhole: true, read: (view, at) => view.getInt16(at, true) }],
		[6, { bytes: 4, isWhole: true, read: (view, at) => view.getInt32(at, true) }],
		[7, { bytes: 8, isWhole: true, read: (view, at) => Number(view.getBigInt64(at, true)) }],
		[9, { bytes: 1, isWhole: true, read: (view, at) => view.getUint8(at) }],
		[10, { bytes: 2, isWhole: false, read: (view, at) => halfOf(view.getUint16(at, true)) }],
		[11, { bytes: 8, isWhole: false, read: (view, at) => view.getFloat64(at, true) }],
		[12, { bytes: 4, isWhole: true, read: (view, at) => view.getUint32(at, true) }],
		[13, { bytes: 8, isWhole: true, read: (view, at) => Number(view.getBigUint64(at, true)) }],
		[16, { bytes: 2, isWhole: false, read: (view, at) => shortFloatOf(view.getUint16(at, true)) }],
	]);

/** Of one tensor. */
const MAX_VALUES = 2 ** 26;
/** TensorProto.DataType of float32. */
export const FLOAT = 1;
/** Of the types whose `int32Data` holds bit patterns. */
const HALF = 10;
const SHORT_FLOAT = 16;
const EXTERNAL = 1;

export function isWholeType(dataType: number): boolean {
	return types.get(dataType)?.isWhole ?? false;
}

/** Throws: what `refuse` makes of a tensor whose data are not what its shape and type say; nothing is allocated before. */
export function readConstant(tensor: TensorProto, readExternal: ReadExternal, refuse: Refuse): Constant {
	const { dataType = 0 } = tensor;
	const dims = tensor.dims ?? [];
	const count = countOf(dims, refuse);
	const type = types.get(dataType);
	if (type === undefined) throw refuse(`its data are of type ${dataType}, which is no number that is known here`);
	const result = { kind: 'constant', dims, isWhole: type.isWhole } as const;
	const listed = [tensor.floatData, tensor.int32Data, tensor.int64Data, tensor.uint64Data, tensor.doubleData];
	const list = listed.find((data) => data !== undefined && data.length > 0);
	if (tensor.dataLocation !== EXTERNAL && tensor.rawData === undefined) {
		if ((list?.length ?? 0) !== count)
			throw refuse(`expected ${count} values for ${dimsText(dims)}, got ${list?.length ?? 0}`);
		const bits = dataType === HALF ? halfOf : dataType === SHORT_FLOAT ? shortFloatOf : undefined;
		return { ...result, values: Float64Array.from(list ?? [], (value) => (bits === undefined ? value : bits(value))) };
	}
	const bytes =
		tensor.dataLocation === EXTERNAL
			? externalBytes(tensor, readExternal, refuse)
			: (tensor.rawData ?? new Uint8Array(0));
	if (bytes.length !== count * type.bytes) {
		throw refuse(`expected ${count * type.bytes} bytes for ${dimsText(dims)}, got ${bytes.length}`);
	}
	const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
	return { ...result, values: Float64Array.from({ length: count }, (_, at) => type.read(view, at * type.bytes)) };
}

/** How many values a shape has. Throws: what `refuse` makes of sides that are none, or of more than a tensor may have. */
export function countOf(dims: readonly number[], refuse: Refuse): number {
	const count = dims.reduce((product, side) => product * side, 1);
	if (dims.every((side) => Number.isSafeInteger(side) && side >= 0) && count <= MAX_VALUES) return count;
	throw refuse(`a shape of ${dimsText(dims)} is none, or has over ${MAX_VALUES} values`);
}

/** For messages: "1x3x224x224". */
export function dimsText(dims: readonly number[]): string {
	return dims.length === 0 ? 'a single number' : dims.slice(0, 8).join('x');
}

function externalBytes(tensor: TensorProto, readExternal: ReadExternal, refuse: Refuse): Uint8Array {
	const entries = new Map((tensor.externalData ?? []).map(({ key = '', value = '' }) => [key, value]));
	const whole = (key: string): number | undefined => {
		const text = entries.get(key);
		if (text === undefined) return undefined;
		if (!/^\d{1,15}$/.test(text)) throw refuse(`its external data have a bad ${key}`);
		return Number(text);
	};
	const location = entries.get('location');
	if (location === undefined || location === '') throw refuse('its external data have no location');
	return readExternal(location, whole('offset') ?? 0, whole('length'));
}

/** IEEE 754 binary16. */
function halfOf(bits: number): number {
	const sign = bits & 0x8000 ? -1 : 1;
	const exponent = (bits >> 10) & 31;
	const fraction = bits & 1023;
	if (exponent === 31) return fraction === 0 ? sign * Number.POSITIVE_INFINITY : Number.NaN;
	return exponent === 0 ? sign * fraction * 2 ** -24 : sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
}

/** The upper half of a float32. */
function shortFloatOf(bits: number): number {
	const view = new DataView(new ArrayBuffer(4));
	view.setUint32(0, bits << 16);
	return view.getFloat32(0);
}
