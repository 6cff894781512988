// Numbers lie in the store as little-endian words: as typed arrays hold them on every platform that Node runs on.

export function bytesView(values: Float64Array | Int32Array | Uint16Array): Uint8Array {
	return new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
}

/** Throws: RangeError unless the bytes hold `count` numbers. */
export function float64Copy(bytes: Uint8Array, count: number): Float64Array {
	return new Float64Array(exactCopy(bytes, 8 * count));
}

/**
 * Recent sums as they are stored: two bytes each where none can be negative or exceed 65,535, otherwise four.
 * The result is valid until the next call: a commit happens hundreds of times per second.
 */
export function createRecentPacker(count: number, isNarrow: boolean): (recent: Int32Array) => Uint8Array {
	if (!isNarrow) return bytesView;
	const narrow = new Uint16Array(count);
	return (recent) => {
		narrow.set(recent);
		return bytesView(narrow);
	};
}

/** Throws: RangeError unless the bytes hold `count` numbers of two or four bytes. */
export function unpackRecent(bytes: Uint8Array, count: number): Int32Array {
	if (bytes.length === 2 * count) return new Int32Array(new Uint16Array(exactCopy(bytes, 2 * count)));
	return new Int32Array(exactCopy(bytes, 4 * count));
}

function exactCopy(bytes: Uint8Array, byteLength: number): ArrayBuffer {
	if (bytes.length !== byteLength) {
		throw new RangeError(`sums: expected ${byteLength} bytes, got ${bytes.length}`);
	}
	const copy = new ArrayBuffer(byteLength);
	new Uint8Array(copy).set(bytes);
	return copy;
}
