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
