// Products of matrices in Z_2^32, and of convolutions. All pointers are byte offsets into the imported memory,
// lengths count elements. Everything wraps. The exact meaning of each function is in src/core/kernels/ring.ts.
//
//   window   i32[13]   channels, height, width, kernel height and width, stride y and x, dilation y and x, padding
//                      above and left, output height and width
//   scratch            two panels of PANEL_ROWS rows of 8 columns, then BLOCK_ROWS rows of two left factors, a tile of
//                      4 x 8, and the places of 8 pixels

import { loadTail, storeTail, sumOf } from './shared/vectors';

/** Rows of a panel of the right factor: two panels and four rows of the left factor fit the first-level cache. */
const PANEL_ROWS: i32 = 256;
/** Rows of the left factor that are packed at once; the right factor is packed again for each such block. */
const BLOCK_ROWS: i32 = 64;
const BLOCK: usize = 2 * PANEL_ROWS * 32;
const TILE: usize = BLOCK + 2 * PANEL_ROWS * BLOCK_ROWS * 4;
const PLACES: usize = TILE + 128;

/** Bytes of scratch space that the products take. */
export const scratchBytes: i32 = <i32>PLACES + 64;

/**
 * out += left right, or with second factors out += left (right + rightSecond) + leftSecond right; a second factor at 0
 * is none. The latter is computed as (left + leftSecond) right + left rightSecond, since sums of the smaller factor cost
 * less.
 */
export function multiplyAdd(
	out: usize,
	left: usize,
	leftSecond: usize,
	right: usize,
	rightSecond: usize,
	rows: i32,
	inner: i32,
	columns: i32,
	scratch: usize,
): void {
	if (columns < 4) {
		multiplyNarrow(out, left, leftSecond, right, rightSecond, rows, inner, columns, scratch);
		return;
	}
	for (let from = 0; from < inner; from += PANEL_ROWS) {
		const count = min(PANEL_ROWS, inner - from);
		for (let row = 0; row < rows; row += BLOCK_ROWS) {
			const height = min(BLOCK_ROWS, rows - row);
			packLeft(scratch + BLOCK, left, leftSecond, row, height, inner, from, count);
			for (let column = 0; column < columns; column += 8) {
				const at: usize = (<usize>from * columns + column) << 2;
				const width = min(8, columns - column);
				packMatrix(scratch, right + at, columns, count, width);
				if (leftSecond) packMatrix(scratch + ((<usize>count) << 5), rightSecond + at, columns, count, width);
				multiplyPanel(out, row, height, columns, column, leftSecond ? count << 1 : count, scratch);
			}
		}
	}
}

/** The same with the columns of a picture as the right factor. */
export function convolveAdd(
	out: usize,
	left: usize,
	leftSecond: usize,
	image: usize,
	imageSecond: usize,
	rows: i32,
	window: usize,
	scratch: usize,
): void {
	const inner = load<i32>(window) * load<i32>(window, 12) * load<i32>(window, 16);
	const columns = load<i32>(window, 44) * load<i32>(window, 48);
	const places = scratch + PLACES;
	if (rows < 3 && load<i32>(window, 24) === 1 && load<i32>(window, 48) >= 16) {
		for (let r = 0; r < rows; r++) {
			const target = out + ((<usize>r * columns) << 2);
			const weights = left + ((<usize>r * inner) << 2);
			if (leftSecond) {
				const second = leftSecond + ((<usize>r * inner) << 2);
				convolveRow(target, weights, second, image, window);
				convolveRow(target, weights, 0, imageSecond, window);
			} else {
				convolveRow(target, weights, 0, image, window);
			}
		}
		return;
	}
	for (let from = 0; from < inner; from += PANEL_ROWS) {
		const count = min(PANEL_ROWS, inner - from);
		for (let row = 0; row < rows; row += BLOCK_ROWS) {
			const height = min(BLOCK_ROWS, rows - row);
			packLeft(scratch + BLOCK, left, leftSecond, row, height, inner, from, count);
			for (let column = 0; column < columns; column += 8) {
				placePixels(places, window, column, columns);
				packImage(scratch, image, window, from, count, places);
				if (leftSecond) packImage(scratch + ((<usize>count) << 5), imageSecond, window, from, count, places);
				multiplyPanel(out, row, height, columns, column, leftSecond ? count << 1 : count, scratch);
			}
		}
	}
}

// One output channel with a horizontal stride of 1: rows of the picture, shifted and scaled, are added to rows of `out`.
// A panel would be mostly empty. The weights are the sums of both, where there is a second one.
function convolveRow(out: usize, weights: usize, second: usize, image: usize, window: usize): void {
	const channels = load<i32>(window);
	const height = load<i32>(window, 4);
	const width = load<i32>(window, 8);
	const kernelHeight = load<i32>(window, 12);
	const kernelWidth = load<i32>(window, 16);
	const outHeight = load<i32>(window, 44);
	const outWidth = load<i32>(window, 48);
	for (let i = 0; i < outHeight; i++) {
		const row = out + ((<usize>(i * outWidth)) << 2);
		const top = i * load<i32>(window, 20) - load<i32>(window, 36);
		for (let c = 0; c < channels; c++) {
			for (let u = 0; u < kernelHeight; u++) {
				const y = top + u * load<i32>(window, 28);
				if (y < 0 || y >= height) continue;
				const line = image + ((<usize>((c * height + y) * width)) << 2);
				for (let v = 0; v < kernelWidth; v++) {
					const left = v * load<i32>(window, 32) - load<i32>(window, 40);
					const first = max(0, -left);
					const count = min(outWidth, width - left) - first;
					const at = (<usize>((c * kernelHeight + u) * kernelWidth + v)) << 2;
					const weight = load<i32>(weights + at) + (second ? load<i32>(second + at) : 0);
					addScaled(row + ((<usize>first) << 2), line + ((<usize>(first + left)) << 2), weight, count);
				}
			}
		}
	}
}

// out[i] += weight row[i]; a count below 1 is none.
function addScaled(out: usize, row: usize, weight: i32, count: i32): void {
	if (count < 1) return;
	const factors = i32x4.splat(weight);
	const end: usize = (<usize>count & ~3) << 2;
	for (let at: usize = 0; at < end; at += 16) {
		v128.store(out + at, i32x4.add(v128.load(out + at), i32x4.mul(v128.load(row + at), factors)));
	}
	const rest = count & 3;
	if (rest) {
		storeTail(out + end, i32x4.add(loadTail(out + end, rest), i32x4.mul(loadTail(row + end, rest), factors)), rest);
	}
}

// Four rows at a time, element by element side by side: the sum of both factors, then the first, or just the only one.
// Rows behind the last one repeat it; what they give is not stored.
function packLeft(
	block: usize,
	left: usize,
	leftSecond: usize,
	row: i32,
	height: i32,
	inner: i32,
	from: i32,
	count: i32,
): void {
	const bytes: usize = (<usize>count) << 4;
	let to = block;
	for (let r = 0; r < height; r += 4) {
		for (let lane = 0; lane < 4; lane++) {
			const at = (<usize>(row + min(r + lane, height - 1)) * inner + from) << 2;
			const start = to + ((<usize>lane) << 2);
			interleave(start, left + at, count);
			if (leftSecond) {
				interleave(start + bytes, left + at, count);
				addInterleaved(start, leftSecond + at, count);
			}
		}
		to += leftSecond ? bytes << 1 : bytes;
	}
}

// Every fourth element from `start` on becomes an element of the row.
function interleave(start: usize, row: usize, count: i32): void {
	for (let k: usize = 0; k < <usize>count; k++) store<i32>(start + (k << 4), load<i32>(row + (k << 2)));
}

function addInterleaved(start: usize, row: usize, count: i32): void {
	for (let k: usize = 0; k < <usize>count; k++) {
		const at = start + (k << 4);
		store<i32>(at, load<i32>(at) + load<i32>(row + (k << 2)));
	}
}

// Copies `count` rows of up to 8 columns to a dense panel, zeros behind them.
function packMatrix(panel: usize, right: usize, columns: i32, count: i32, width: i32): void {
	let row = panel;
	let source = right;
	const end = row + ((<usize>count) << 5);
	const step: usize = (<usize>columns) << 2;
	if (width === 8) {
		for (; row < end; row += 32) {
			v128.store(row, v128.load(source));
			v128.store(row, v128.load(source, 16), 16);
			source += step;
		}
		return;
	}
	for (; row < end; row += 32) {
		const whole = width > 3;
		const rest = width & 3;
		const low = whole ? v128.load(source) : i32x4.splat(0);
		const tail = rest ? loadTail(source + (whole ? 16 : 0), rest) : i32x4.splat(0);
		v128.store(row, whole ? low : tail);
		v128.store(row, whole ? tail : i32x4.splat(0), 16);
		source += step;
	}
}

// The upper left corner of the window of each of 8 output pixels: i32[8] rows, i32[8] columns. A pixel behind the last
// one lies above the picture, so that its column is zeros.
function placePixels(places: usize, window: usize, pixel: i32, pixels: i32): void {
	let next = pixel;
	const outWidth = load<i32>(window, 48);
	let i = next / outWidth;
	let j = next % outWidth;
	for (let lane: usize = 0; lane < 32; lane += 4) {
		const beyond = next >= pixels;
		store<i32>(places + lane, beyond ? -0x40000000 : i * load<i32>(window, 20) - load<i32>(window, 36));
		store<i32>(places + lane, beyond ? 0 : j * load<i32>(window, 24) - load<i32>(window, 40), 32);
		next++;
		j++;
		if (j === outWidth) {
			j = 0;
			i++;
		}
	}
}

// Rows `from`.. of the columns of a picture, at the 8 pixels of `places`, as a dense panel.
function packImage(panel: usize, image: usize, window: usize, from: i32, count: i32, places: usize): void {
	let row = panel;
	const height = load<i32>(window, 4);
	const width = load<i32>(window, 8);
	const kernelHeight = load<i32>(window, 12);
	const kernelWidth = load<i32>(window, 16);
	const dilationY = load<i32>(window, 28);
	const dilationX = load<i32>(window, 32);
	const top = load<i32>(places);
	const leftmost = load<i32>(places, 32);
	let c = from / (kernelHeight * kernelWidth);
	let v = from % kernelWidth;
	let u = (from / kernelWidth) % kernelHeight;

	const adjacent =
		load<i32>(window, 24) === 1 &&
		load<i32>(places, 28) === top &&
		top >= 0 &&
		leftmost >= 0 &&
		top + (kernelHeight - 1) * dilationY < height &&
		leftmost + (kernelWidth - 1) * dilationX + 8 <= width;
	const end = row + ((<usize>count) << 5);
	if (adjacent) {
		const nextColumn: usize = (<usize>dilationX) << 2;
		const nextRow: usize = (<usize>(dilationY * width - kernelWidth * dilationX)) << 2;
		const nextPlane: usize = (<usize>((height - kernelHeight * dilationY) * width)) << 2;
		let at = image + ((<usize>((c * height + top + u * dilationY) * width + leftmost + v * dilationX)) << 2);
		while (row < end) {
			v128.store(row, v128.load(at));
			v128.store(row, v128.load(at, 16), 16);
			row += 32;
			at += nextColumn;
			if (++v === kernelWidth) {
				v = 0;
				at += nextRow;
				if (++u === kernelHeight) {
					u = 0;
					at += nextPlane;
				}
			}
		}
		return;
	}
	const heights = i32x4.splat(height);
	const widths = i32x4.splat(width);
	while (row < end) {
		const plane = image + ((<usize>(c * height * width)) << 2);
		const down = i32x4.splat(u * dilationY);
		const across = i32x4.splat(v * dilationX);
		for (let half: usize = 0; half < 32; half += 16) {
			const y = i32x4.add(v128.load(places + half), down);
			const x = i32x4.add(v128.load(places + half, 32), across);
			const inside = v128.and(i32x4.lt_u(y, heights), i32x4.lt_u(x, widths));
			// a place outside reads the first sample of its channel and is zeroed
			const index = v128.and(i32x4.add(i32x4.mul(y, widths), x), inside);
			let value = v128.load32_zero(plane + ((<usize>i32x4.extract_lane(index, 0)) << 2));
			value = v128.load32_lane(plane + ((<usize>i32x4.extract_lane(index, 1)) << 2), value, 1);
			value = v128.load32_lane(plane + ((<usize>i32x4.extract_lane(index, 2)) << 2), value, 2);
			value = v128.load32_lane(plane + ((<usize>i32x4.extract_lane(index, 3)) << 2), value, 3);
			v128.store(row + half, v128.and(value, inside));
		}
		row += 32;
		if (++v === kernelWidth) {
			v = 0;
			if (++u === kernelHeight) {
				u = 0;
				c++;
			}
		}
	}
}

// Adds the product of a packed block of rows with a packed panel to 8 columns of `out`.
function multiplyPanel(out: usize, row: i32, height: i32, columns: i32, column: i32, steps: i32, scratch: usize): void {
	const stride: usize = (<usize>columns) << 2;
	const width = min(8, columns - column);
	const tile = scratch + TILE;
	let a = scratch + BLOCK;
	let to = out + <usize>row * stride + ((<usize>column) << 2);
	for (let r = 0; r < height; r += 4) {
		if (r + 4 <= height && width === 8) {
			multiplyTile(to, stride, a, scratch, steps);
		} else {
			memory.fill(tile, 0, 128);
			multiplyTile(tile, 32, a, scratch, steps);
			for (let i = 0; i < min(4, height - r); i++) {
				const target = to + <usize>i * stride;
				addScaled(target, tile + ((<usize>i) << 5), 1, width);
			}
		}
		a += (<usize>steps) << 4;
		to += stride << 2;
	}
}

// 4 rows of `out`, 8 columns each, += 4 interleaved rows times a panel. One step per turn: with more of them the engine
// keeps sums in memory, and the loop takes half as long again.
function multiplyTile(out: usize, stride: usize, left: usize, panel: usize, steps: i32): void {
	let low0 = i32x4.splat(0);
	let low1 = low0;
	let low2 = low0;
	let low3 = low0;
	let high0 = low0;
	let high1 = low0;
	let high2 = low0;
	let high3 = low0;
	let a = left;
	let b = panel;
	const end = panel + ((<usize>steps) << 5);
	do {
		const low = v128.load(b);
		const high = v128.load(b, 16);
		let x = v128.load32_splat(a);
		low0 = i32x4.add(low0, i32x4.mul(x, low));
		high0 = i32x4.add(high0, i32x4.mul(x, high));
		x = v128.load32_splat(a, 4);
		low1 = i32x4.add(low1, i32x4.mul(x, low));
		high1 = i32x4.add(high1, i32x4.mul(x, high));
		x = v128.load32_splat(a, 8);
		low2 = i32x4.add(low2, i32x4.mul(x, low));
		high2 = i32x4.add(high2, i32x4.mul(x, high));
		x = v128.load32_splat(a, 12);
		low3 = i32x4.add(low3, i32x4.mul(x, low));
		high3 = i32x4.add(high3, i32x4.mul(x, high));
		a += 16;
		b += 32;
	} while (b < end);
	addRow(out, low0, high0);
	addRow(out + stride, low1, high1);
	addRow(out + stride * 2, low2, high2);
	addRow(out + stride * 3, low3, high3);
}

function addRow(out: usize, low: v128, high: v128): void {
	v128.store(out, i32x4.add(v128.load(out), low));
	v128.store(out, i32x4.add(v128.load(out, 16), high), 16);
}

// A product with up to three columns, as dot products: a panel would be mostly zeros. The bound is reading `left`.
function multiplyNarrow(
	out: usize,
	left: usize,
	leftSecond: usize,
	right: usize,
	rightSecond: usize,
	rows: i32,
	inner: i32,
	columns: i32,
	scratch: usize,
): void {
	const step: usize = (<usize>columns) << 2;
	const piece = PANEL_ROWS * 8;
	const second = scratch + ((<usize>piece) << 2);
	for (let from = 0; from < inner; from += piece) {
		const count = min(piece, inner - from);
		for (let column = 0; column < columns; column++) {
			const at: usize = (<usize>from * columns + column) << 2;
			gather(scratch, right + at, step, count);
			const to = out + ((<usize>column) << 2);
			const a: usize = (<usize>from) << 2;
			if (leftSecond) {
				gather(second, rightSecond + at, step, count);
				addDots(to, step, leftSecond + a, scratch, rows, inner, count);
				addScaled(scratch, second, 1, count);
			}
			addDots(to, step, left + a, scratch, rows, inner, count);
		}
	}
}

function gather(to: usize, from: usize, step: usize, count: i32): void {
	let target = to;
	let source = from;
	const end = target + ((<usize>count) << 2);
	for (; target < end; target += 4) {
		store<i32>(target, load<i32>(source));
		source += step;
	}
}

// out[row] += left[row] · x, over `count` elements.
function addDots(out: usize, step: usize, left: usize, x: usize, rows: i32, inner: i32, count: i32): void {
	let target = out;
	let source = left;
	const stride: usize = (<usize>inner) << 2;
	const end: usize = (<usize>count & ~3) << 2;
	const rest = count & 3;
	for (let row = 0; row < rows; row++) {
		let sum0 = i32x4.splat(0);
		let sum1 = sum0;
		let at: usize = 0;
		for (; at + 32 <= end; at += 32) {
			sum0 = i32x4.add(sum0, i32x4.mul(v128.load(source + at), v128.load(x + at)));
			sum1 = i32x4.add(sum1, i32x4.mul(v128.load(source + at, 16), v128.load(x + at, 16)));
		}
		if (at < end) sum0 = i32x4.add(sum0, i32x4.mul(v128.load(source + at), v128.load(x + at)));
		if (rest) sum1 = i32x4.add(sum1, i32x4.mul(loadTail(source + end, rest), loadTail(x + end, rest)));
		store<i32>(target, load<i32>(target) + sumOf(i32x4.add(sum0, sum1)));
		target += step;
		source += stride;
	}
}
