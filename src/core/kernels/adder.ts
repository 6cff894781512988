/**
 * Adds rows of bits that three parties hold replicated: a row is one plane of bits, the party's first component and
 * behind it its second, which is the next party's first. One interface, two builds: a reference that reads like the
 * definition, and wasm SIMD.
 */
export interface AdderKernel {
	/**
	 * Carry-save adders, one per triple (x, y, z) of row numbers: row x becomes x ^ y ^ z, both components; the first
	 * component of row y becomes the party's component of the carry, (x ^ z)(y ^ z) ^ z, and is written to `carries`, too.
	 * Its second component is left to the caller, who receives it from the next party.
	 * Shape: `rows` whole rows of 2 rowBytes; `triples` 3 numbers per adder, no row in two places; masks and `carries`
	 * rowBytes per adder; rowBytes a multiple of 16. Row z is left as it is.
	 * Throws: RangeError for other shapes, before anything is written.
	 * Source: Araki et al. 2016, section 2: the masks are F with the next party and F with the previous one.
	 */
	addRowsInto(rows: Uint8Array, triples: Int32Array, rowBytes: number, masks: AdderMasks, carries: Uint8Array): void;
}

/** The keystreams of an AND, one row per adder. */
export interface AdderMasks {
	readonly next: Uint8Array;
	readonly previous: Uint8Array;
}

/** The specification of `AdderKernel`, one byte at a time. */
export const referenceAdder: AdderKernel = {
	addRowsInto(rows, triples, rowBytes, masks, carries) {
		checkAdder(rows, triples, rowBytes, masks, carries);
		for (let adder = 0; 3 * adder < triples.length; adder++) {
			const [x, y, z] = triples.subarray(3 * adder, 3 * adder + 3).map((row) => 2 * rowBytes * row);
			for (let i = 0; i < rowBytes; i++) {
				const [x1, y1, z1] = [rows[x + i], rows[y + i], rows[z + i]];
				const [x2, y2, z2] = [rows[x + rowBytes + i], rows[y + rowBytes + i], rows[z + rowBytes + i]];
				const at = adder * rowBytes + i;
				const both = ((x1 ^ z1) & (y1 ^ z1)) ^ ((x1 ^ z1) & (y2 ^ z2)) ^ ((x2 ^ z2) & (y1 ^ z1));
				carries[at] = both ^ masks.next[at] ^ masks.previous[at] ^ z1;
				rows[x + i] = x1 ^ y1 ^ z1;
				rows[x + rowBytes + i] = x2 ^ y2 ^ z2;
				rows[y + i] = carries[at];
			}
		}
	},
};

/** Throws: RangeError for arrays that do not fit each other, or a row that is not there. */
export function checkAdder(
	rows: Uint8Array,
	triples: Int32Array,
	rowBytes: number,
	{ next, previous }: AdderMasks,
	carries: Uint8Array,
): void {
	const rowCount = rows.length / (2 * rowBytes);
	if (rowBytes < 16 || rowBytes % 16 !== 0)
		throw new RangeError(`rowBytes: expected a multiple of 16, got ${rowBytes}`);
	if (!Number.isInteger(rowCount)) throw new RangeError(`rows: expected whole rows of ${2 * rowBytes} bytes`);
	if (triples.length % 3 !== 0) throw new RangeError(`triples: expected three numbers each, got ${triples.length}`);
	const expected = (triples.length / 3) * rowBytes;
	for (const { length } of [next, previous, carries]) {
		if (length !== expected) throw new RangeError(`masks and carries: expected ${expected} bytes, got ${length}`);
	}
	for (const row of triples) {
		if (row < 0 || row >= rowCount) throw new RangeError(`row: expected 0 to ${rowCount - 1}, got ${row}`);
	}
}
