import { DataError } from '../../core/errors.js';

// Numbers lie in the store as little-endian words: as typed arrays hold them on every platform that Node runs on.

export function bytesView(values: Float64Array | Int32Array): Uint8Array {
	return new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
}

/** Throws: DataError unless the bytes hold `count` numbers. */
export function float64Copy(bytes: Uint8Array, count: number): Float64Array {
	return new Float64Array(exactCopy(bytes, 8 * count));
}

/** Throws: DataError unless the bytes hold `count` numbers. */
export function int32Copy(bytes: Uint8Array, count: number): Int32Array {
	return new Int32Array(exactCopy(bytes, 4 * count));
}

function exactCopy(bytes: Uint8Array, byteLength: number): ArrayBuffer {
	if (bytes.length !== byteLength) {
		throw new DataError('damaged-store', `the store's sums have ${bytes.length} bytes, expected ${byteLength}`);
	}
	const copy = new ArrayBuffer(byteLength);
	new Uint8Array(copy).set(bytes);
	return copy;
}
