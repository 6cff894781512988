import { type ProductShape, planeBytes, type WindowShape, type Words } from './ring.js';

/** Throws: RangeError unless every array has this length. */
export function checkLengths(expected: number, ...arrays: readonly { readonly length: number }[]): void {
	for (const { length } of arrays) {
		if (length !== expected) throw new RangeError(`array: expected ${expected} elements, got ${length}`);
	}
}

/** Throws: RangeError unless every plane has the bytes of `bitCount` bits. */
export function checkPlanes(bitCount: number, ...planes: readonly Uint8Array[]): void {
	checkLengths(planeBytes(bitCount), ...planes);
}

/** Throws: RangeError unless these are whole planes of `bitCount` bits. */
export function checkWholePlanes(bitCount: number, planes: Uint8Array): void {
	if (bitCount > 0 && planes.length % planeBytes(bitCount) === 0) return;
	throw new RangeError(`planes: expected whole planes of ${planeBytes(bitCount)} bytes, got ${planes.length}`);
}

/** Throws: RangeError unless these are as long as each other, in whole vectors of 16 bytes. */
export function checkVectors(...arrays: readonly Uint8Array[]): void {
	const { length } = arrays[0];
	if (length % 16 !== 0) throw new RangeError(`array: expected whole vectors of 16 bytes, got ${length}`);
	checkLengths(length, ...arrays);
}

/** Throws: RangeError unless the matrices have these sizes. */
export function checkProduct(shape: ProductShape, out: Words, left: Words, right: Words): void {
	checkLengths(shape.rows * shape.columns, out);
	checkLengths(shape.rows * shape.inner, left);
	checkLengths(shape.inner * shape.columns, right);
}

/** Throws: RangeError unless the picture has the size that the window is for, and `out` so many output planes. */
export function checkWindow(window: WindowShape, image: Words, out: Words, outPlanes: number): void {
	if (window.strideY < 1 || window.strideX < 1) throw new RangeError('stride: expected at least 1');
	checkLengths(window.channels * window.height * window.width, image);
	checkLengths(outPlanes * window.outHeight * window.outWidth, out);
}

/** Rows of the matrix that `columnsInto` makes. */
export function columnRows(window: WindowShape): number {
	return window.channels * window.kernelHeight * window.kernelWidth;
}

/** The product that a convolution with this many output channels amounts to. */
export function convolutionShape(left: Words, window: WindowShape): ProductShape {
	const inner = columnRows(window);
	if (left.length % inner !== 0) throw new RangeError(`left: expected whole rows of ${inner}, got ${left.length}`);
	return { rows: left.length / inner, inner, columns: window.outHeight * window.outWidth };
}

/** Throws: RangeError unless f is 1..k-2. */
export function checkFraction(f: number, wordBits: 32 | 64): void {
	if (Number.isInteger(f) && f >= 1 && f <= wordBits - 2) return;
	throw new RangeError(`f: expected 1 to ${wordBits - 2}, got ${f}`);
}

/** Throws: RangeError unless bits from..from + width - 1 exist. */
export function checkBits(from: number, width: number, wordBits: 32 | 64): void {
	if (Number.isInteger(from) && Number.isInteger(width) && from >= 0 && width >= 1 && from + width <= wordBits) return;
	throw new RangeError(`bits: expected a window of 0 to ${wordBits - 1}, got ${from} and ${width} more`);
}
