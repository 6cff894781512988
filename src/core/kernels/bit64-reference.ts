import { referenceBits } from './bit-reference.js';
import { type BitKernel, planeBytes } from './ring.js';
import { checkBits, checkLengths, checkPlanes } from './ring-checks.js';

/** The specification of `BitKernel` for words of 64 bits: planes are the same, only their values are wider. */
export const referenceBits64: BitKernel<BigInt64Array> = {
	...referenceBits,
	sliceInto(planes, values, from, width) {
		checkBits(from, width, 64);
		const stride = planeBytes(values.length);
		checkLengths(width * stride, planes);
		planes.fill(0);
		for (let b = 0; b < width; b++) {
			for (let i = 0; i < values.length; i++) {
				planes[b * stride + (i >> 3)] |= Number((values[i] >> BigInt(from + b)) & 1n) << (i & 7);
			}
		}
	},
	unsliceInto(values, planes, width) {
		checkBits(0, width, 64);
		const stride = planeBytes(values.length);
		checkLengths(width * stride, planes);
		values.fill(0n);
		for (let b = 0; b < width; b++) {
			for (let i = 0; i < values.length; i++) {
				values[i] |= BigInt((planes[b * stride + (i >> 3)] >> (i & 7)) & 1) << BigInt(b);
			}
		}
	},
	spreadInto(values, plane) {
		checkPlanes(values.length, plane);
		for (let i = 0; i < values.length; i++) values[i] = BigInt((plane[i >> 3] >> (i & 7)) & 1);
	},
};
