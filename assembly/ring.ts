// Arithmetic in Z_2^32 on shares. All pointers are byte offsets into the imported memory, lengths count elements.
// Everything wraps. The exact meaning of each function is in src/core/kernels/ring.ts.
//
//   window   i32[13]   channels, height, width, kernel height and width, stride y and x, dilation y and x, padding
//                      above and left, output height and width
//   scratch            two panels of PANEL_ROWS rows of 8 columns, then BLOCK_ROWS rows of two left factors, a tile of
//                      4 x 8, and the places of 8 pixels

/** Rows of a panel of the right factor: two panels and four rows of the left factor fit the first-level cache. */
const PANEL_ROWS: i32 = 256;
/** Rows of the left factor that are packed at once; the right factor is packed again for each such block. */
const BLOCK_ROWS: i32 = 64;
const BLOCK: usize = 2 * PANEL_ROWS * 32;
const TILE: usize = BLOCK + 2 * PANEL_ROWS * BLOCK_ROWS * 4;
const PLACES: usize = TILE + 128;

/** Bytes of scratch space that the products take. */
export const scratchBytes: i32 = <i32>PLACES + 64;

// The first one to three elements at a place, zeros behind them.
function loadTail(at: usize, count: i32): v128 {
	let v = v128.load32_zero(at);
	if (count > 1) v = v128.load32_lane(at, v, 1, 4);
	if (count > 2) v = v128.load32_lane(at, v, 2, 8);
	return v;
}

function storeTail(at: usize, v: v128, count: i32): void {
	v128.store32_lane(at, v, 0);
	if (count > 1) v128.store32_lane(at, v, 1, 4);
	if (count > 2) v128.store32_lane(at, v, 2, 8);
}

// All ones where the bit of the value is set; `i` is a multiple of 4.
function maskAt(plane: usize, i: i32): v128 {
	const weights = i32x4.shl(i32x4(1, 2, 4, 8), i & 4);
	return i32x4.eq(v128.and(v128.load8_splat(plane + (i >> 3)), weights), weights);
}

// x where the mask is 0, -x where it is all ones.
function negateWhere(mask: v128, x: v128): v128 {
	return i32x4.sub(v128.xor(x, mask), mask);
}

export function add(out: usize, a: usize, b: usize, length: i32): void {
	const end: usize = (<usize>length & ~3) << 2;
	for (let at: usize = 0; at < end; at += 16) {
		v128.store(out + at, i32x4.add(v128.load(a + at), v128.load(b + at)));
	}
	const rest = length & 3;
	if (rest) storeTail(out + end, i32x4.add(loadTail(a + end, rest), loadTail(b + end, rest)), rest);
}

export function subtract(out: usize, a: usize, b: usize, length: i32): void {
	const end: usize = (<usize>length & ~3) << 2;
	for (let at: usize = 0; at < end; at += 16) {
		v128.store(out + at, i32x4.sub(v128.load(a + at), v128.load(b + at)));
	}
	const rest = length & 3;
	if (rest) storeTail(out + end, i32x4.sub(loadTail(a + end, rest), loadTail(b + end, rest)), rest);
}

export function scale(out: usize, a: usize, factor: i32, length: i32): void {
	const factors = i32x4.splat(factor);
	const end: usize = (<usize>length & ~3) << 2;
	for (let at: usize = 0; at < end; at += 16) {
		v128.store(out + at, i32x4.mul(v128.load(a + at), factors));
	}
	const rest = length & 3;
	if (rest) storeTail(out + end, i32x4.mul(loadTail(a + end, rest), factors), rest);
}

export function addZeroShare(out: usize, values: usize, plus: usize, minus: usize, length: i32): void {
	const end: usize = (<usize>length & ~3) << 2;
	for (let at: usize = 0; at < end; at += 16) {
		const mask = i32x4.sub(v128.load(plus + at), v128.load(minus + at));
		v128.store(out + at, i32x4.add(v128.load(values + at), mask));
	}
	const rest = length & 3;
	if (rest) {
		const mask = i32x4.sub(loadTail(plus + end, rest), loadTail(minus + end, rest));
		storeTail(out + end, i32x4.add(loadTail(values + end, rest), mask), rest);
	}
}

export function multiplyElements(out: usize, a: usize, b: usize, length: i32): void {
	const end: usize = (<usize>length & ~3) << 2;
	for (let at: usize = 0; at < end; at += 16) {
		v128.store(out + at, i32x4.mul(v128.load(a + at), v128.load(b + at)));
	}
	const rest = length & 3;
	if (rest) storeTail(out + end, i32x4.mul(loadTail(a + end, rest), loadTail(b + end, rest)), rest);
}

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
				add(target, target, tile + ((<usize>i) << 5), width);
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
				add(scratch, scratch, second, count);
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

function sumOf(v: v128): i32 {
	return i32x4.extract_lane(v, 0) + i32x4.extract_lane(v, 1) + i32x4.extract_lane(v, 2) + i32x4.extract_lane(v, 3);
}

export function columns(to: usize, image: usize, window: usize): void {
	let target = to;
	let plane = image;
	const kernelHeight = load<i32>(window, 12);
	const kernelWidth = load<i32>(window, 16);
	const planeBytes = (<usize>(load<i32>(window, 4) * load<i32>(window, 8))) << 2;
	const outBytes = (<usize>(load<i32>(window, 44) * load<i32>(window, 48))) << 2;
	for (let c = load<i32>(window); c > 0; c--) {
		for (let u = 0; u < kernelHeight; u++) {
			for (let v = 0; v < kernelWidth; v++) {
				tapPlane(target, plane, window, u, v, 0, false);
				target += outBytes;
			}
		}
		plane += planeBytes;
	}
}

export function tap(to: usize, image: usize, window: usize, u: i32, v: i32, outside: i32): void {
	let target = to;
	let plane = image;
	const planeBytes = (<usize>(load<i32>(window, 4) * load<i32>(window, 8))) << 2;
	const outBytes = (<usize>(load<i32>(window, 44) * load<i32>(window, 48))) << 2;
	for (let c = load<i32>(window); c > 0; c--) {
		tapPlane(target, plane, window, u, v, outside, false);
		target += outBytes;
		plane += planeBytes;
	}
}

export function windowSum(to: usize, image: usize, window: usize): void {
	let target = to;
	let plane = image;
	const kernelHeight = load<i32>(window, 12);
	const kernelWidth = load<i32>(window, 16);
	const planeBytes = (<usize>(load<i32>(window, 4) * load<i32>(window, 8))) << 2;
	const outBytes = (<usize>(load<i32>(window, 44) * load<i32>(window, 48))) << 2;
	for (let c = load<i32>(window); c > 0; c--) {
		memory.fill(target, 0, outBytes);
		for (let u = 0; u < kernelHeight; u++) {
			for (let v = 0; v < kernelWidth; v++) tapPlane(target, plane, window, u, v, 0, true);
		}
		target += outBytes;
		plane += planeBytes;
	}
}

// One place of each window of one channel, stored or added.
function tapPlane(to: usize, plane: usize, window: usize, u: i32, v: i32, outside: i32, adds: bool): void {
	const height = load<i32>(window, 4);
	const width = load<i32>(window, 8);
	const strideX = load<i32>(window, 24);
	const outHeight = load<i32>(window, 44);
	const outWidth = load<i32>(window, 48);
	const left = v * load<i32>(window, 32) - load<i32>(window, 40);
	let y = u * load<i32>(window, 28) - load<i32>(window, 36);
	// outputs first..last - 1 lie inside the picture
	const first = min(outWidth, left < 0 ? (strideX - 1 - left) / strideX : 0);
	const last = left < width ? max(first, min(outWidth, (width - 1 - left) / strideX + 1)) : first;
	for (let i = 0; i < outHeight; i++) {
		const row = to + ((<usize>(i * outWidth)) << 2);
		if (y < 0 || y >= height) {
			if (!adds) fill(row, outside, outWidth);
		} else {
			const from = plane + ((<usize>(y * width + first * strideX + left)) << 2);
			const target = row + ((<usize>first) << 2);
			if (!adds) {
				fill(row, outside, first);
				fill(row + ((<usize>last) << 2), outside, outWidth - last);
			}
			takeRow(target, from, last - first, strideX, adds);
		}
		y += load<i32>(window, 20);
	}
}

function fill(to: usize, value: i32, count: i32): void {
	let target = to;
	for (const end = target + ((<usize>count) << 2); target < end; target += 4) store<i32>(target, value);
}

function takeRow(to: usize, from: usize, count: i32, stride: i32, adds: bool): void {
	let target = to;
	let source = from;
	let i = 0;
	if (stride === 1) {
		for (; i + 4 <= count; i += 4) {
			const v = v128.load(source);
			v128.store(target, adds ? i32x4.add(v128.load(target), v) : v);
			target += 16;
			source += 16;
		}
	} else if (stride === 2) {
		// one more must follow: four outputs read the input behind their last one
		for (; i + 4 < count; i += 4) {
			const v = i32x4.shuffle(v128.load(source), v128.load(source, 16), 0, 2, 4, 6);
			v128.store(target, adds ? i32x4.add(v128.load(target), v) : v);
			target += 16;
			source += 32;
		}
	}
	for (; i < count; i++) {
		const value = load<i32>(source);
		store<i32>(target, adds ? load<i32>(target) + value : value);
		target += 4;
		source += (<usize>stride) << 2;
	}
}

export function rowSum(out: usize, values: usize, rows: i32, length: i32): void {
	let source = values;
	const end: usize = (<usize>length & ~3) << 2;
	const rest = length & 3;
	for (let row = 0; row < rows; row++) {
		let sum = i32x4.splat(0);
		for (let at: usize = 0; at < end; at += 16) sum = i32x4.add(sum, v128.load(source + at));
		if (rest) sum = i32x4.add(sum, loadTail(source + end, rest));
		store<i32>(out + ((<usize>row) << 2), sumOf(sum));
		source += (<usize>length) << 2;
	}
}

export function addBias(out: usize, bias: usize, channels: i32, plane: i32): void {
	let target = out;
	const end: usize = (<usize>plane & ~3) << 2;
	const rest = plane & 3;
	for (let c = 0; c < channels; c++) {
		const v = v128.load32_splat(bias + ((<usize>c) << 2));
		for (let at: usize = 0; at < end; at += 16) v128.store(target + at, i32x4.add(v128.load(target + at), v));
		if (rest) storeTail(target + end, i32x4.add(loadTail(target + end, rest), v), rest);
		target += (<usize>plane) << 2;
	}
}

/** Bit i = the sign of (values[i] ^ flip) + plus; padding bits are zero. */
export function signBits(bits: usize, values: usize, length: i32, flip: i32, plus: i32): void {
	let target = bits;
	let source = values;
	const flips = i32x4.splat(flip);
	const pluses = i32x4.splat(plus);
	const end = target + (((<usize>length + 127) >> 7) << 4);
	let i = 0;
	for (; i + 16 <= length; i += 16) {
		// saturation keeps signs
		const low = i16x8.narrow_i32x4_s(
			i32x4.add(v128.xor(v128.load(source), flips), pluses),
			i32x4.add(v128.xor(v128.load(source, 16), flips), pluses),
		);
		const high = i16x8.narrow_i32x4_s(
			i32x4.add(v128.xor(v128.load(source, 32), flips), pluses),
			i32x4.add(v128.xor(v128.load(source, 48), flips), pluses),
		);
		store<u16>(target, <u16>i8x16.bitmask(i8x16.narrow_i16x8_s(low, high)));
		source += 64;
		target += 2;
	}
	if (target < end) memory.fill(target, 0, end - target);
	for (let b = 0; i < length; i++, b++) {
		const sign = <u32>((load<i32>(source) ^ flip) + plus) >>> 31;
		store<u8>(target + (b >> 3), <u8>(load<u8>(target + (b >> 3)) | (sign << (b & 7))));
		source += 4;
	}
}

// p 2^(32 - f), with p = (1 - 2e)(phi d + (1 - 2d) s0)
function firstCorrection(e: v128, d: v128, phi: v128, s0: v128, f: i32): v128 {
	const p = negateWhere(e, i32x4.sub(negateWhere(d, s0), v128.and(phi, d)));
	return i32x4.shl(p, 32 - f);
}

export function truncateFirst(
	out: usize,
	y0: usize,
	f: i32,
	e: usize,
	d: usize,
	phi: usize,
	s0: usize,
	length: i32,
): void {
	const offset = i32x4.splat(1 << 30);
	const less = i32x4.splat(1 << (30 - f));
	let i = 0;
	for (; i < (length & ~3); i += 4) {
		const at: usize = (<usize>i) << 2;
		const p = firstCorrection(maskAt(e, i), maskAt(d, i), maskAt(phi, i), v128.load(s0 + at), f);
		const c = i32x4.sub(i32x4.shr_u(i32x4.add(v128.load(y0 + at), offset), f), less);
		v128.store(out + at, i32x4.add(c, p));
	}
	const rest = length & 3;
	if (rest) {
		const at: usize = (<usize>i) << 2;
		const p = firstCorrection(maskAt(e, i), maskAt(d, i), maskAt(phi, i), loadTail(s0 + at, rest), f);
		const c = i32x4.sub(i32x4.shr_u(i32x4.add(loadTail(y0 + at, rest), offset), f), less);
		storeTail(out + at, i32x4.add(c, p), rest);
	}
}

// -(r >>> f) + p 2^(32 - f), with r = -y1, m = msb(r), p = e m + (1 - 2e)(1 - 2d) s1
function secondHalf(e: v128, d: v128, y1: v128, s1: v128, f: i32): v128 {
	const r = i32x4.neg(y1);
	const p = i32x4.sub(negateWhere(v128.xor(e, d), s1), v128.and(e, i32x4.shr_s(r, 31)));
	return i32x4.sub(i32x4.shl(p, 32 - f), i32x4.shr_u(r, f));
}

export function truncateSecond(out: usize, y1: usize, f: i32, e: usize, d: usize, s1: usize, length: i32): void {
	let i = 0;
	for (; i < (length & ~3); i += 4) {
		const at: usize = (<usize>i) << 2;
		v128.store(out + at, secondHalf(maskAt(e, i), maskAt(d, i), v128.load(y1 + at), v128.load(s1 + at), f));
	}
	const rest = length & 3;
	if (rest) {
		const at: usize = (<usize>i) << 2;
		const v = secondHalf(maskAt(e, i), maskAt(d, i), loadTail(y1 + at, rest), loadTail(s1 + at, rest), f);
		storeTail(out + at, v, rest);
	}
}

export function bitMinus(out: usize, bits: usize, values: usize, length: i32): void {
	let i = 0;
	for (; i < (length & ~3); i += 4) {
		const at: usize = (<usize>i) << 2;
		v128.store(out + at, i32x4.neg(i32x4.add(maskAt(bits, i), v128.load(values + at))));
	}
	const rest = length & 3;
	if (rest) {
		const at: usize = (<usize>i) << 2;
		storeTail(out + at, i32x4.neg(i32x4.add(maskAt(bits, i), loadTail(values + at, rest))), rest);
	}
}

export function selectedMinus(out: usize, bits: usize, a: usize, b: usize, mask: usize, length: i32): void {
	let i = 0;
	for (; i < (length & ~3); i += 4) {
		const at: usize = (<usize>i) << 2;
		const sum = i32x4.add(v128.load(a + at), v128.load(b + at));
		v128.store(out + at, i32x4.sub(v128.and(maskAt(bits, i), sum), v128.load(mask + at)));
	}
	const rest = length & 3;
	if (rest) {
		const at: usize = (<usize>i) << 2;
		const sum = i32x4.add(loadTail(a + at, rest), loadTail(b + at, rest));
		storeTail(out + at, i32x4.sub(v128.and(maskAt(bits, i), sum), loadTail(mask + at, rest)), rest);
	}
}

// c half + (1 - 2c)(rho y + g)
function selected(c: v128, half: v128, rho: v128, y: v128, g: v128): v128 {
	return i32x4.add(v128.and(c, half), negateWhere(c, i32x4.add(i32x4.mul(rho, y), g)));
}

export function select(out: usize, bits: usize, half: usize, rho: usize, y: usize, g: usize, length: i32): void {
	let i = 0;
	for (; i < (length & ~3); i += 4) {
		const at: usize = (<usize>i) << 2;
		const c = maskAt(bits, i);
		v128.store(out + at, selected(c, v128.load(half + at), v128.load(rho + at), v128.load(y + at), v128.load(g + at)));
	}
	const rest = length & 3;
	if (rest) {
		const at: usize = (<usize>i) << 2;
		const c = maskAt(bits, i);
		const v = selected(
			c,
			loadTail(half + at, rest),
			loadTail(rho + at, rest),
			loadTail(y + at, rest),
			loadTail(g + at, rest),
		);
		storeTail(out + at, v, rest);
	}
}
