import type { RingKernel, WindowShape } from './ring.js';
import {
	checkFraction,
	checkLengths,
	checkPlanes,
	checkProduct,
	checkWindow,
	columnRows,
	convolutionShape,
} from './ring-checks.js';

/** The specification of `RingKernel` in 64 bits, one element at a time. A store into a BigInt64Array makes a sum wrap. */
export const referenceRing64: RingKernel<BigInt64Array> = {
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
	multiplySharedAddInto(out, left, right, shape) {
		checkProduct(shape, out, left.second, right.second);
		const sum = new BigInt64Array(right.first.length);
		referenceRing64.addInto(sum, right.first, right.second);
		referenceRing64.multiplyAddInto(out, left.first, sum, shape);
		referenceRing64.multiplyAddInto(out, left.second, right.first, shape);
	},
	convolveAddInto(out, left, image, window) {
		const shape = convolutionShape(left, window);
		referenceRing64.multiplyAddInto(out, left, columnsOf(image, window), shape);
	},
	convolveSharedAddInto(out, left, image, window) {
		const shape = convolutionShape(left.first, window);
		const right = { first: columnsOf(image.first, window), second: columnsOf(image.second, window) };
		referenceRing64.multiplySharedAddInto(out, left, right, shape);
	},

	columnsInto(columns, image, window) {
		checkWindow(window, image, columns, columnRows(window));
		const { channels, kernelHeight, kernelWidth } = window;
		const plane = window.outHeight * window.outWidth;
		let row = 0;
		for (let c = 0; c < channels; c++) {
			const channel = image.subarray(c * window.height * window.width, (c + 1) * window.height * window.width);
			for (let u = 0; u < kernelHeight; u++) {
				for (let v = 0; v < kernelWidth; v++, row++) {
					const taken = columns.subarray(row * plane, (row + 1) * plane);
					referenceRing64.tapInto(taken, channel, { ...window, channels: 1 }, { u, v, outside: 0 });
				}
			}
		}
	},
	tapInto(out, image, window, { u, v, outside }) {
		checkWindow(window, image, out, window.channels);
		let at = 0;
		for (let c = 0; c < window.channels; c++) {
			for (let i = 0; i < window.outHeight; i++) {
				const row = i * window.strideY - window.padTop + u * window.dilationY;
				for (let j = 0; j < window.outWidth; j++) {
					const column = j * window.strideX - window.padLeft + v * window.dilationX;
					const isInside = row >= 0 && row < window.height && column >= 0 && column < window.width;
					out[at++] = isInside ? image[(c * window.height + row) * window.width + column] : BigInt(outside);
				}
			}
		}
	},
	windowSumInto(out, image, window) {
		checkWindow(window, image, out, window.channels);
		const tap = new BigInt64Array(out.length);
		out.fill(0n);
		for (let u = 0; u < window.kernelHeight; u++) {
			for (let v = 0; v < window.kernelWidth; v++) {
				referenceRing64.tapInto(tap, image, window, { u, v, outside: 0 });
				referenceRing64.addInto(out, out, tap);
			}
		}
	},
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

function columnsOf(image: BigInt64Array, window: WindowShape): BigInt64Array {
	const columns = new BigInt64Array(columnRows(window) * window.outHeight * window.outWidth);
	referenceRing64.columnsInto(columns, image, window);
	return columns;
}

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
