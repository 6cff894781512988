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
		for (let i = 0; i < out.length; i++) out[i] = Math.imul(factor, a[i]);
	},
	addZeroShareInto(out, values, plus, minus) {
		checkLengths(out.length, values, plus, minus);
		for (let i = 0; i < out.length; i++) out[i] = values[i] + plus[i] - minus[i];
	},
	multiplyElementsInto(out, a, b) {
		checkLengths(out.length, a, b);
		for (let i = 0; i < out.length; i++) out[i] = Math.imul(a[i], b[i]);
	},

	multiplyAddInto(out, left, right, shape) {
		checkProduct(shape, out, left, right);
		const { rows, inner, columns } = shape;
		for (let row = 0; row < rows; row++) {
			for (let k = 0; k < inner; k++) {
				const factor = left[row * inner + k];
				for (let j = 0; j < columns; j++) {
					out[row * columns + j] += Math.imul(factor, right[k * columns + j]);
				}
			}
		}
	},
} satisfies Partial<RingKernel<Int32Array>>;

/** The specification of `RingKernel` in 32 bits, one element at a time. A store into an Int32Array is what makes a sum wrap. */
export const referenceRing: RingKernel<Int32Array> = {
	...arithmetic,
	...windowReference({
		arithmetic,
		create: (length) => new Int32Array(length),
		clear: (out) => out.fill(0),
		wordOf: (value) => value,
	}),
	rowSumInto(out, values) {
		const length = out.length === 0 ? 0 : Math.floor(values.length / out.length);
		checkLengths(out.length * length, values);
		out.fill(0);
		for (let i = 0; i < values.length; i++) out[Math.floor(i / length)] += values[i];
	},
	addBiasInto(out, bias, plane) {
		checkLengths(bias.length * plane, out);
		for (let i = 0; i < out.length; i++) out[i] += bias[Math.floor(i / plane)];
	},

	msbInto(bits, values) {
		checkPlanes(values.length, bits);
		bits.fill(0);
		for (let i = 0; i < values.length; i++) setBit(bits, i, values[i] >>> 31);
	},
	truncateFirstBitInto(bits, y0) {
		checkPlanes(y0.length, bits);
		bits.fill(0);
		for (let i = 0; i < y0.length; i++) setBit(bits, i, 1 - ((y0[i] + 2 ** 30) >>> 31));
	},
	truncateSecondBitInto(bits, y1) {
		checkPlanes(y1.length, bits);
		bits.fill(0);
		for (let i = 0; i < y1.length; i++) setBit(bits, i, -y1[i] >>> 31);
	},
	truncateFirstInto(out, y0, f, bits, s0) {
		checkFraction(f, 32);
		checkLengths(out.length, y0, s0);
		checkPlanes(out.length, bits.first, bits.second, bits.phi);
		for (let i = 0; i < out.length; i++) {
			const e = bitAt(bits.first, i);
			const d = bitAt(bits.second, i);
			const p = (1 - 2 * e) * (bitAt(bits.phi, i) * d + (1 - 2 * d) * s0[i]);
			out[i] = ((y0[i] + 2 ** 30) >>> f) - 2 ** (30 - f) + (p << (32 - f));
		}
	},
	truncateSecondInto(out, y1, f, bits, s1) {
		checkFraction(f, 32);
		checkLengths(out.length, y1, s1);
		checkPlanes(out.length, bits.first, bits.second);
		for (let i = 0; i < out.length; i++) {
			const e = bitAt(bits.first, i);
			const d = bitAt(bits.second, i);
			const r = -y1[i];
			const p = e * (r >>> 31) + (1 - 2 * e) * (1 - 2 * d) * s1[i];
			out[i] = -(r >>> f) + (p << (32 - f));
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
			out[i] = c * half[i] + (1 - 2 * c) * (Math.imul(rho[i], y[i]) + g[i]);
		}
	},
};

function bitAt(plane: Uint8Array, i: number): number {
	return (plane[i >> 3] >> (i & 7)) & 1;
}

function setBit(plane: Uint8Array, i: number, bit: number): void {
	plane[i >> 3] |= bit << (i & 7);
}
