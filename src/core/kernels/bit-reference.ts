import { type BitKernel, planeBytes } from './ring.js';
import { checkBits, checkLengths, checkPlanes, checkVectors, checkWholePlanes } from './ring-checks.js';

/** The specification of `BitKernel` for words of 32 bits, one bit or byte at a time. */
export const referenceBits: BitKernel<Int32Array> = {
	sliceInto(planes, values, from, width) {
		checkBits(from, width, 32);
		const stride = planeBytes(values.length);
		checkLengths(width * stride, planes);
		planes.fill(0);
		for (let b = 0; b < width; b++) {
			for (let i = 0; i < values.length; i++) {
				planes[b * stride + (i >> 3)] |= ((values[i] >>> (from + b)) & 1) << (i & 7);
			}
		}
	},
	unsliceInto(values, planes, width) {
		checkBits(0, width, 32);
		const stride = planeBytes(values.length);
		checkLengths(width * stride, planes);
		values.fill(0);
		for (let b = 0; b < width; b++) {
			for (let i = 0; i < values.length; i++) {
				values[i] |= ((planes[b * stride + (i >> 3)] >> (i & 7)) & 1) << b;
			}
		}
	},
	spreadInto(values, plane) {
		checkPlanes(values.length, plane);
		for (let i = 0; i < values.length; i++) values[i] = (plane[i >> 3] >> (i & 7)) & 1;
	},
	xorInto(out, a, b) {
		checkVectors(out, a, b);
		for (let i = 0; i < out.length; i++) out[i] = a[i] ^ b[i];
	},
	andXorInto(out, a, b, mask) {
		checkVectors(out, a, b, mask);
		for (let i = 0; i < out.length; i++) out[i] = (a[i] & b[i]) ^ mask[i];
	},
	andInto(out, x, y, mask) {
		checkVectors(out, x.first, x.second, y.first, y.second, mask);
		for (let i = 0; i < out.length; i++) {
			out[i] = (x.first[i] & y.first[i]) ^ (x.first[i] & y.second[i]) ^ (x.second[i] & y.first[i]) ^ mask[i];
		}
	},
	invertInto(planes, bitCount) {
		checkWholePlanes(bitCount, planes);
		for (let i = 0; i < planes.length; i++) planes[i] = ~planes[i];
		referenceBits.clearPaddingInto(planes, bitCount);
	},
	clearPaddingInto(planes, bitCount) {
		checkWholePlanes(bitCount, planes);
		const stride = planeBytes(bitCount);
		for (let start = 0; start < planes.length; start += stride) {
			if (bitCount % 8 !== 0) planes[start + (bitCount >> 3)] &= 2 ** (bitCount % 8) - 1;
			planes.fill(0, start + Math.ceil(bitCount / 8), start + stride);
		}
	},
};
