import { DataError } from './errors.js';

/** Arrays by the type that a header names; little-endian, as on every platform that Node runs on. */
const ARRAYS = {
	'|u1': Uint8Array,
	'<i2': Int16Array,
	'<i4': Int32Array,
	'<f4': Float32Array,
	'<f8': Float64Array,
} as const;
type Descr = keyof typeof ARRAYS;

export type NpyValues = Uint8Array | Int16Array | Int32Array | Float32Array | Float64Array;

export interface NpyArray<Values extends NpyValues = NpyValues> {
	readonly values: Values;
	/** Sides, the outermost first; none for a single number. */
	readonly shape: readonly number[];
}

const MAGIC = [0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59];
/** NumPy itself has no more sides than this. */
const MAX_SIDES = 64;

/** Whether the bytes begin like a `.npy` file. */
export function isNpy(file: Uint8Array): boolean {
	return MAGIC.every((byte, i) => file[i] === byte);
}

/**
 * A `.npy` file of the array's own type: u1, i2, i4, f4 or f8, little-endian, in C order.
 * Throws: RangeError when the shape has another number of values.
 * Source: NumPy Enhancement Proposal 1, version 1.0 of the format.
 */
export function encodeNpy({ values, shape }: NpyArray): Uint8Array<ArrayBuffer> {
	const count = shape.reduce((product, side) => product * side, 1);
	if (count !== values.length) throw new RangeError(`shape: expected ${values.length} values, got ${count}`);
	const tuple = shape.length === 1 ? `(${shape[0]},)` : `(${shape.join(', ')})`;
	const text = `{'descr': '${descrOf(values)}', 'fortran_order': False, 'shape': ${tuple}, }`;
	const headerBytes = Math.ceil((10 + text.length + 1) / 64) * 64 - 10;
	const file = new Uint8Array(10 + headerBytes + values.byteLength);
	file.set([...MAGIC, 1, 0, headerBytes & 255, headerBytes >> 8]);
	file.set(new TextEncoder().encode(`${text.padEnd(headerBytes - 1)}\n`), 10);
	file.set(new Uint8Array(values.buffer, values.byteOffset, values.byteLength), 10 + headerBytes);
	return file;
}

/**
 * Reads a `.npy` file of u1, i2, i4, f4 or f8, little-endian, in C order; versions 1 to 3 of the format.
 * The values are those of the file where they lie on whole elements, and a copy otherwise.
 * Throws: DataError `bad-npy` for anything else, which `name` begins.
 */
export function decodeNpy(file: Uint8Array, name: string): NpyArray {
	const { descr, shape, dataAt } = readHeader(file, name);
	const array = ARRAYS[descr];
	const count = shape.reduce((product, side) => product * side, 1);
	const expected = count * array.BYTES_PER_ELEMENT;
	if (file.length - dataAt !== expected) {
		throw refusal(name, `expected ${expected} bytes of values, got ${file.length - dataAt}`);
	}
	const at = file.byteOffset + dataAt;
	const { buffer } = file;
	if (buffer instanceof ArrayBuffer && at % array.BYTES_PER_ELEMENT === 0) {
		return { values: new array(buffer, at, count), shape };
	}
	return { values: new array(Uint8Array.from(file.subarray(dataAt)).buffer), shape };
}

/** The same where only float64 will do. Throws: DataError `bad-npy`. */
export function decodeNpyFloat64(file: Uint8Array, name: string): NpyArray<Float64Array> {
	const { values, shape } = decodeNpy(file, name);
	if (values instanceof Float64Array) return { values, shape };
	throw refusal(name, `expected float64 values, got ${descrOf(values)}`);
}

//  Versions 1 | 2 and 3
//       0   6   6  magic
//       6   2   2  version
//       8   2   4  length of the header, little-endian
//           …   …  header: a Python dict of descr, fortran_order and shape, spaces and a newline
function readHeader(
	file: Uint8Array,
	name: string,
): { readonly descr: Descr; readonly shape: readonly number[]; readonly dataAt: number } {
	if (!isNpy(file)) throw refusal(name, 'not a .npy file');
	const view = new DataView(file.buffer, file.byteOffset, file.byteLength);
	const version = file[6];
	if (version > 3 || version < 1 || file[7] !== 0) {
		throw refusal(name, `version ${version}.${file[7]} of the .npy format is not known here`);
	}
	const headerAt = version === 1 ? 10 : 12;
	if (file.length < headerAt) throw refusal(name, 'ends in its header');
	const dataAt = headerAt + (version === 1 ? view.getUint16(8, true) : view.getUint32(8, true));
	if (file.length < dataAt) throw refusal(name, 'ends in its header');
	const header = new TextDecoder('latin1').decode(file.subarray(headerAt, dataAt));
	// the keys come in this order from NumPy and every writer that follows it, which are to sort them
	const fields =
		/^\{\s*'descr':\s*(.+?),\s*'fortran_order':\s*(True|False),\s*'shape':\s*\(([\d, ]*)\),?\s*\}\s*$/.exec(header);
	if (fields === null) throw refusal(name, 'its header is not one of a .npy file');
	const [, descr, fortranOrder, tuple] = fields;
	if (fortranOrder === 'True') throw refusal(name, 'in Fortran order; save numpy.ascontiguousarray of it');
	return { descr: readDescr(descr, name), shape: readShape(tuple, name), dataAt };
}

function readDescr(text: string, name: string): Descr {
	const descr = /^'(.*)'$/.exec(text)?.[1] ?? text;
	if (/^>[iuf]\d+$/.test(descr)) throw refusal(name, `big-endian values (${descr}); save them as little-endian`);
	if (isDescr(descr)) return descr;
	throw refusal(name, `values of type ${descr.slice(0, 40)}; expected u1, i2, i4, f4 or f8`);
}

function readShape(tuple: string, name: string): number[] {
	const shape = tuple.split(',').flatMap((side) => (side.trim() === '' ? [] : [Number(side)]));
	const count = shape.reduce((product, side) => product * side, 1);
	if (shape.length <= MAX_SIDES && shape.every(Number.isSafeInteger) && Number.isSafeInteger(count * 8)) return shape;
	throw refusal(name, `a shape of (${tuple.slice(0, 60)}) is none`);
}

function descrOf(values: NpyValues): Descr {
	for (const [descr, array] of Object.entries(ARRAYS)) {
		if (values instanceof array && isDescr(descr)) return descr;
	}
	throw new TypeError('values: expected an array of u1, i2, i4, f4 or f8');
}

function isDescr(text: string): text is Descr {
	return Object.hasOwn(ARRAYS, text);
}

function refusal(name: string, why: string): DataError {
	return new DataError('bad-npy', `${name}: ${why}`, {
		hint: 'Save it with numpy.save as uint8, int16, int32, float32 or float64, in C order.',
	});
}
