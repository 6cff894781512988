/**
 * Kernels of the computation on shares. For each interface there is a reference build that reads like the definition,
 * and a wasm SIMD build.
 *
 * The arrays are views on the memory of the kernel, at any offset that their type allows; on 16 bytes they are fastest.
 * Bytes from elsewhere are copied in with `set`. Into shared memory that goes byte by byte (3.7 GB/s against 28) unless
 * both offsets agree modulo 8: so receive and draw into buffers of their own, and copy to views that start on 8 bytes.
 */

/** Elements of a ring, one to a word of 32 or 64 bits. All arrays of one call are of one kind. */
export type Words = Int32Array | BigInt64Array;

/** Both components that one party holds: its own, and the one that the next party owns. */
export interface Pair<Part> {
	readonly first: Part;
	readonly second: Part;
}

/** Sizes of a matrix product: rows x inner times inner x columns. */
export interface ProductShape {
	readonly rows: number;
	readonly inner: number;
	readonly columns: number;
}

/** A window over a picture, for convolution and pooling. */
export interface WindowShape {
	readonly channels: number;
	readonly height: number;
	readonly width: number;
	readonly kernelHeight: number;
	readonly kernelWidth: number;
	readonly strideY: number;
	readonly strideX: number;
	readonly dilationY: number;
	readonly dilationX: number;
	readonly padTop: number;
	readonly padLeft: number;
	readonly outHeight: number;
	readonly outWidth: number;
}

/** The bits that the two halves of a truncation exchange: `first` of P0's message, `second` of P1's. */
export interface TruncationBits {
	/** e, what P0 sends: its bit under the mask phi. */
	readonly first: Uint8Array;
	/** d, what P1 sends: its bit under the mask psi. */
	readonly second: Uint8Array;
}

/**
 * Arithmetic in Z_2^k, k = 32 on int32 arrays or 64 on int64 ones; everything wraps. A plain number among the arguments
 * is whole, and exact as a float64. A name that ends in `Into` mutates its first argument; no argument may overlap it
 * unless that is said. An argument named `bits` or called a plane is a bit plane as in `BitKernel`, one bit per value.
 * Throws: RangeError for lengths that do not fit each other, before anything is written.
 */
export interface RingKernel<Elements extends Words = Words> {
	/** out[i] = a[i] + b[i]; out may be a or b. */
	addInto(out: Elements, a: Elements, b: Elements): void;
	/** out[i] = a[i] - b[i]; out may be a or b. */
	subtractInto(out: Elements, a: Elements, b: Elements): void;
	/** out[i] = -a[i]; out may be a. */
	negateInto(out: Elements, a: Elements): void;
	/** out[i] = factor a[i]; out may be a. */
	scaleInto(out: Elements, a: Elements, factor: number): void;
	/** out[i] = values[i] + plus[i] - minus[i], a share under its zero share; out may be any of them. */
	addZeroShareInto(out: Elements, values: Elements, plus: Elements, minus: Elements): void;
	/** out[i] = a[i] b[i]; out may be a or b. */
	multiplyElementsInto(out: Elements, a: Elements, b: Elements): void;

	/**
	 * out += left right, as matrices.
	 * Shape: left rows x inner, right inner x columns, out rows x columns, all row-major and dense.
	 * Bound: arithmetic; blocks of 4 rows by 8 columns in 32 bits, 2 by 4 in 64.
	 */
	multiplyAddInto(out: Elements, left: Elements, right: Elements, shape: ProductShape): void;
	/**
	 * This party's additive part of a product of replicated matrices:
	 * out += left.first (right.first + right.second) + left.second right.first.
	 * Shape: as for `multiplyAddInto`.
	 */
	multiplySharedAddInto(out: Elements, left: Pair<Elements>, right: Pair<Elements>, shape: ProductShape): void;
	/**
	 * out += left columns(image), the product with `columnsInto`, whose matrix is never written down.
	 * Shape: left rows x (C kernelHeight kernelWidth), image C, H, W, out rows x (outHeight outWidth).
	 */
	convolveAddInto(out: Elements, left: Elements, image: Elements, window: WindowShape): void;
	/** `multiplySharedAddInto` in place of the product of `convolveAddInto`. */
	convolveSharedAddInto(out: Elements, left: Pair<Elements>, image: Pair<Elements>, window: WindowShape): void;

	/**
	 * The columns of a convolution: row (c, u, v), column (i, j) holds image[c, i stride - padTop + u dilation, …], or 0
	 * outside the picture.
	 * Shape: image C, H, W; columns (C kernelHeight kernelWidth) x (outHeight outWidth).
	 */
	columnsInto(columns: Elements, image: Elements, window: WindowShape): void;
	/**
	 * One place (u, v) of each window, for comparing the places of a pool with each other:
	 * out[c, i, j] = image[c, i stride - padTop + u dilation, …], or `outside` outside the picture.
	 * Shape: image C, H, W; out C, outHeight, outWidth.
	 */
	tapInto(
		out: Elements,
		image: Elements,
		window: WindowShape,
		place: { readonly u: number; readonly v: number; readonly outside: number },
	): void;
	/** out[c, i, j] = the sum of the window at (i, j), zeros outside the picture. Shape: as for `tapInto`. */
	windowSumInto(out: Elements, image: Elements, window: WindowShape): void;
	/** out[r] = the sum of row r; `values` is out.length rows of equal length. */
	rowSumInto(out: Elements, values: Elements): void;
	/** out[c, i, j] += bias[c]; `out` is channels x plane. */
	addBiasInto(out: Elements, bias: Elements, plane: number): void;

	/** Bit i = the sign bit of values[i]; padding bits are zero. Shape: `planeBytes(values.length)` bytes. */
	msbInto(bits: Uint8Array, values: Elements): void;
	/** Bit i = 1 - msb(y0[i] + 2^(k-2)), P0's bit u of a truncation; padding bits are zero. */
	truncateFirstBitInto(bits: Uint8Array, y0: Elements): void;
	/** Bit i = msb(-y1[i]), P1's bit m of a truncation; padding bits are zero. */
	truncateSecondBitInto(bits: Uint8Array, y1: Elements): void;
	/**
	 * P0's half of y / 2^f: with c = y0 + 2^(k-2), p = (1 - 2e)(phi d + (1 - 2d) s0),
	 * out = (c >>> f) - 2^(k-2-f) + p 2^(k-f); out may be y0 or s0.
	 * Range: f is 1..k-2; only the lowest f bits of s0 count.
	 */
	truncateFirstInto(
		out: Elements,
		y0: Elements,
		f: number,
		bits: TruncationBits & { readonly phi: Uint8Array },
		s0: Elements,
	): void;
	/**
	 * P1's half of y / 2^f: with r = -y1, m = msb(r), p = e m + (1 - 2e)(1 - 2d) s1,
	 * out = -(r >>> f) + p 2^(k-f); out may be y1 or s1.
	 * Range: as for `truncateFirstInto`.
	 */
	truncateSecondInto(out: Elements, y1: Elements, f: number, bits: TruncationBits, s1: Elements): void;

	/** out[i] = bit i - values[i], the other half of a shared bit; out may be values. */
	bitMinusInto(out: Elements, bits: Uint8Array, values: Elements): void;
	/** out[i] = bit i (a[i] + b[i]) - mask[i], the other half of a selected value; out may be any of a, b and mask. */
	selectedMinusInto(out: Elements, bits: Uint8Array, a: Elements, b: Elements, mask: Elements): void;
	/**
	 * One half of a selected value: out = c half + (1 - 2c)(rho y + g) with c = bit i.
	 * out may be any of the arrays of elements.
	 */
	selectInto(
		out: Elements,
		bits: Uint8Array,
		terms: {
			readonly half: Elements;
			readonly rho: Elements;
			readonly y: Elements;
			readonly g: Elements;
		},
	): void;
}

/**
 * Arithmetic on bit-sliced values: a plane holds one bit of each value, value i in bit i & 7 of byte i >> 3, padded with
 * zeros to whole vectors of 128 values. Planes of one number lie one after the other, lowest bit first.
 * Throws: RangeError for lengths that do not fit each other, before anything is written.
 */
export interface BitKernel<Elements extends Words = Words> {
	/**
	 * planes[b] bit i = bit (from + b) of values[i], for b < width; padding bits are zero.
	 * Shape: width planes of `planeBytes(values.length)`; from + width is at most the bits of a word.
	 */
	sliceInto(planes: Uint8Array, values: Elements, from: number, width: number): void;
	/** The inverse of a slice from 0: values[i] = the sum over b < width of plane b, bit i, times 2^b. */
	unsliceInto(values: Elements, planes: Uint8Array, width: number): void;
	/** values[i] = bit i of the plane, 0 or 1. */
	spreadInto(values: Elements, plane: Uint8Array): void;
	/** out = a ^ b over whole vectors; out may be a or b. */
	xorInto(out: Uint8Array, a: Uint8Array, b: Uint8Array): void;
	/** out = a b ^ mask over whole vectors, for factors that one party knows; out may be any of them. */
	andXorInto(out: Uint8Array, a: Uint8Array, b: Uint8Array, mask: Uint8Array): void;
	/**
	 * This party's part of AND on replicated bits: out = x y ^ x y' ^ x' y ^ mask, byte by byte; x' is the second share.
	 * out may be any of them.
	 * Source: Araki et al. 2016, section 2; mask = F with the next party ^ F with the previous one.
	 */
	andInto(out: Uint8Array, x: Pair<Uint8Array>, y: Pair<Uint8Array>, mask: Uint8Array): void;
	/** Flips the first `bitCount` bits of each plane of `planeBytes(bitCount)`, and zeroes its padding bits. */
	invertInto(planes: Uint8Array, bitCount: number): void;
	/** Zeroes the padding bits of each plane, as after a draw of whole bytes. */
	clearPaddingInto(planes: Uint8Array, bitCount: number): void;
}

/** Bytes of a plane of so many bits: whole vectors. */
export function planeBytes(bitCount: number): number {
	return Math.ceil(bitCount / 128) * 16;
}
