import type { RingKernel } from './ring.js';
import { checkFraction, checkLengths, checkPlanes, checkProduct } from './ring-checks.js';
import { windowReference } from './window-reference.js';

const arithmetic = {
	addInto(out, a, b) {
		checkLengths(out.length, a, b);
		for (let i = 0; i < out.length; i++) out[i] = a[i] + b[i];
	},
	subtractInto(out, a, b) {
		checkLengths(out.length, a, b);
		for (let i = 0; i < out.length; i++) out[i] = a[i] - b[i];
	},
	negateInto(out, a) {
		checkLengths(out.length, a);
		for (let i = 0; i < out.length; i++) out[i] = -a[i];
	},
	scaleInto(out, a, factor) {
		checkLengths(out.length, a);
		for (let i = 0; i < out.length; i++) out[i] = BigInt(factor) * a[i];
	},
	addZeroShareInto(out, values, plus, minus) {
		checkLengths(out.length, values, plus, minus);
		for (let i = 0; i < out.length; i++) out[i] = values[i] + plus[i] - minus[i];
	},
	multiplyElementsInto(out, a, b) {
		checkLengths(out.length, a, b);
		for (let i = 0; i < out.length; i++) out[i] = a[i] * b[i];
	},

	multiplyAddInto(out, left, right, shape) {
		checkProduct(shape, out, left, right);
		const { rows, inner, columns } = shape;
		for (let row = 0; row < rows; row++) {
			for (let j = 0; j < columns; j++) {
				let sum = out[row * columns + j];
				for (let k = 0; k < inner; k++) sum += left[row * inner + k] * right[k * columns + j];
				out[row * columns + j] = sum;
			}
		}
	},
} satisfies Partial<RingKernel<BigInt64Array>>;

/** The specification of `RingKernel` in 64 bits, one element at a time. A store into a BigInt64Array makes a sum wrap. */
export const referenceRing64: RingKernel<BigInt64Array> = {
	...arithmetic,
	...windowReference({
		arithmetic,
		create: (length) => new BigInt64Array(length),
		clear: (out) => out.fill(0n),
		wordOf: BigInt,
	}),
	rowSumInto(out, values) {
		const length = out.length === 0 ? 0 : Math.floor(values.length / out.length);
		checkLengths(out.length * length, values);
		out.fill(0n);
		for (let i = 0; i < values.length; i++) out[Math.floor(i / length)] += values[i];
	},
	addBiasInto(out, bias, plane) {
		checkLengths(bias.length * plane, out);
		for (let i = 0; i < out.length; i++) out[i] += bias[Math.floor(i / plane)];
	},

	msbInto(bits, values) {
		checkPlanes(values.length, bits);
		bits.fill(0);
		for (let i = 0; i < values.length; i++) setBit(bits, i, msb(values[i]));
	},
	truncateFirstBitInto(bits, y0) {
		checkPlanes(y0.length, bits);
		bits.fill(0);
		for (let i = 0; i < y0.length; i++) setBit(bits, i, 1n - msb(y0[i] + 2n ** 62n));
	},
	truncateSecondBitInto(bits, y1) {
		checkPlanes(y1.length, bits);
		bits.fill(0);
		for (let i = 0; i < y1.length; i++) setBit(bits, i, msb(-y1[i]));
	},
	truncateFirstInto(out, y0, f, bits, s0) {
		checkFraction(f, 64);
		checkLengths(out.length, y0, s0);
		checkPlanes(out.length, bits.first, bits.second, bits.phi);
		const by = BigInt(f);
		for (let i = 0; i < out.length; i++) {
			const e = bitAt(bits.first, i);
			const d = bitAt(bits.second, i);
			const p = (1n - 2n * e) * (bitAt(bits.phi, i) * d + (1n - 2n * d) * s0[i]);
			out[i] = (unsigned(y0[i] + 2n ** 62n) >> by) - ((2n ** 62n) >> by) + (p << (64n - by));
		}
	},
	truncateSecondInto(out, y1, f, bits, s1) {
		checkFraction(f, 64);
		checkLengths(out.length, y1, s1);
		checkPlanes(out.length, bits.first, bits.second);
		const by = BigInt(f);
		for (let i = 0; i < out.length; i++) {
			const e = bitAt(bits.first, i);
			const d = bitAt(bits.second, i);
			const r = -y1[i];
			const p = e * msb(r) + (1n - 2n * e) * (1n - 2n * d) * s1[i];
			out[i] = (p << (64n - by)) - (unsigned(r) >> by);
		}
	},

	bitMinusInto(out, bits, values) {
		checkLengths(out.length, values);
		checkPlanes(out.length, bits);
		for (let i = 0; i < out.length; i++) out[i] = bitAt(bits, i) - values[i];
	},
	selectedMinusInto(out, bits, a, b, mask) {
		checkLengths(out.length, a, b, mask);
		checkPlanes(out.length, bits);
		for (let i = 0; i < out.length; i++) out[i] = bitAt(bits, i) * (a[i] + b[i]) - mask[i];
	},
	selectInto(out, bits, { half, rho, y, g }) {
		checkLengths(out.length, half, rho, y, g);
		checkPlanes(out.length, bits);
		for (let i = 0; i < out.length; i++) {
			const c = bitAt(bits, i);
			out[i] = c * half[i] + (1n - 2n * c) * (rho[i] * y[i] + g[i]);
		}
	},
};

function unsigned(value: bigint): bigint {
	return BigInt.asUintN(64, value);
}

function msb(value: bigint): bigint {
	return unsigned(value) >> 63n;
}

function bitAt(plane: Uint8Array, i: number): bigint {
	return BigInt((plane[i >> 3] >> (i & 7)) & 1);
}

function setBit(plane: Uint8Array, i: number, bit: bigint): void {
	plane[i >> 3] |= Number(bit) << (i & 7);
}
