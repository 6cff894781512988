import { DataError } from './errors.js';

/**
 * A little-endian C-order `.npy` file of float64 values.
 * Source: NumPy Enhancement Proposal 1, version 1.0 of the format.
 */
export function encodeNpyFloat64(values: Float64Array, shape: readonly number[]): Uint8Array<ArrayBuffer> {
	const tuple = shape.length === 1 ? `(${shape[0]},)` : `(${shape.join(', ')})`;
	const text = `{'descr': '<f8', 'fortran_order': False, 'shape': ${tuple}, }`;
	const headerBytes = Math.ceil((10 + text.length + 1) / 64) * 64 - 10;
	const file = new Uint8Array(10 + headerBytes + 8 * values.length);
	file.set([0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59, 1, 0, headerBytes & 255, headerBytes >> 8]);
	file.set(new TextEncoder().encode(`${text.padEnd(headerBytes - 1)}\n`), 10);
	file.set(new Uint8Array(values.buffer, values.byteOffset, values.byteLength), 10 + headerBytes);
	return file;
}

/**
 * Reads a little-endian C-order `.npy` file of float64 values.
 * Throws: DataError for anything else, named by `name`.
 */
export function decodeNpyFloat64(file: Uint8Array, name: string): { values: Float64Array; shape: readonly number[] } {
	const view = new DataView(file.buffer, file.byteOffset, file.byteLength);
	const refuse = (why: string): DataError => new DataError('bad-npy', `${name}: ${why}`);
	if (file.length < 12 || view.getUint32(0) !== 0x934e554d || view.getUint16(4) !== 0x5059)
		throw refuse('not a .npy file');
	const dataAt = 10 + view.getUint16(8, true);
	const header = new TextDecoder('latin1').decode(file.subarray(10, dataAt));
	const match = /^\{'descr': '<f8', 'fortran_order': False, 'shape': \(([\d, ]*)\), \}/.exec(header);
	if (match === null || view.getUint8(6) !== 1) throw refuse('not a .npy file of little-endian float64 in C order');
	const shape = match[1].split(',').flatMap((side) => (side.trim() === '' ? [] : [Number(side)]));
	const count = shape.reduce((product, side) => product * side, 1);
	if (file.length !== dataAt + 8 * count)
		throw refuse(`expected ${8 * count} bytes of values, got ${file.length - dataAt}`);
	return { values: Float64Array.from({ length: count }, (_, i) => view.getFloat64(dataAt + 8 * i, true)), shape };
}
