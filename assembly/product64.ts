// Products of matrices in Z_2^64, and of convolutions. All pointers are byte offsets into the imported memory, lengths
// count elements. Everything wraps. The exact meaning of each function is in src/core/kernels/ring.ts.
//
//   window   i32[13]   as in shared/windows.ts
//   scratch            a panel of PANEL_ROWS rows of 8 columns, then the places of 8 pixels: i32[8] rows, i32[8] columns

/** Rows of a panel of the right factor, 16 KiB: it stays in the first-level cache. */
const PANEL_ROWS: i32 = 256;
const PLACES: usize = PANEL_ROWS * 64;

/** Bytes of scratch space that the products take. */
export const scratchBytes: i32 = <i32>PLACES + 64;

/** out += left right, or with second factors out += left (right + rightSecond) + leftSecond right; 0 is none. */
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
	for (let from = 0; from < inner; from += PANEL_ROWS) {
		const count = min(PANEL_ROWS, inner - from);
		const weights = (<usize>from) << 3;
		for (let column = 0; column < columns; column += 8) {
			const at = (<usize>(from * columns + column)) << 3;
			const width = min(8, columns - column);
			const to = out + ((<usize>column) << 3);
			packMatrix(scratch, right + at, columns, count, width, false);
			if (leftSecond) {
				multiplyPanel(to, leftSecond + weights, scratch, rows, inner, count, columns, width);
				packMatrix(scratch, rightSecond + at, columns, count, width, true);
			}
			multiplyPanel(to, left + weights, scratch, rows, inner, count, columns, width);
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
	for (let column = 0; column < columns; column += 8) {
		const width = min(8, columns - column);
		const to = out + ((<usize>column) << 3);
		placePixels(places, window, column, width);
		for (let from = 0; from < inner; from += PANEL_ROWS) {
			const count = min(PANEL_ROWS, inner - from);
			const weights = (<usize>from) << 3;
			packImage(scratch, image, window, from, count, places, width, false);
			if (leftSecond) {
				multiplyPanel(to, leftSecond + weights, scratch, rows, inner, count, columns, width);
				packImage(scratch, imageSecond, window, from, count, places, width, true);
			}
			multiplyPanel(to, left + weights, scratch, rows, inner, count, columns, width);
		}
	}
}

// Copies, or adds, `count` rows of up to 8 columns to a panel; what lies in its other columns is not used.
function packMatrix(panel: usize, right: usize, columns: i32, count: i32, width: i32, adds: bool): void {
	let source = right;
	const end = panel + ((<usize>count) << 6);
	for (let row = panel; row < end; row += 64) {
		packRow(row, source, width, adds);
		source += (<usize>columns) << 3;
	}
}

function packRow(row: usize, source: usize, width: i32, adds: bool): void {
	const bytes: usize = (<usize>width) << 3;
	for (let at: usize = 0; at < bytes; at += 8) put(row + at, load<i64>(source + at), adds);
}

function put(at: usize, value: i64, adds: bool): void {
	store<i64>(at, adds ? load<i64>(at) + value : value);
}

// The upper left corner of the window of each of `width` output pixels.
function placePixels(places: usize, window: usize, pixel: i32, width: i32): void {
	const outWidth = load<i32>(window, 48);
	for (let lane = 0; lane < width; lane++) {
		const at = places + ((<usize>lane) << 2);
		store<i32>(at, ((pixel + lane) / outWidth) * load<i32>(window, 20) - load<i32>(window, 36));
		store<i32>(at, ((pixel + lane) % outWidth) * load<i32>(window, 24) - load<i32>(window, 40), 32);
	}
}

// Rows `from`.. of the columns of a picture, at the pixels of `places`: copied to a panel, or added.
function packImage(
	panel: usize,
	image: usize,
	window: usize,
	from: i32,
	count: i32,
	places: usize,
	width: i32,
	adds: bool,
): void {
	const imageHeight = load<i32>(window, 4);
	const imageWidth = load<i32>(window, 8);
	const kernelHeight = load<i32>(window, 12);
	const kernelWidth = load<i32>(window, 16);
	const planeBytes = (<usize>(imageHeight * imageWidth)) << 3;
	const lastLane = places + ((<usize>(width - 1)) << 2);
	const isOneRow = load<i32>(window, 24) === 1 && load<i32>(lastLane) === load<i32>(places);
	let v = from % kernelWidth;
	let u = (from / kernelWidth) % kernelHeight;
	let plane = image + planeBytes * <usize>(from / (kernelHeight * kernelWidth));
	const end = panel + ((<usize>count) << 6);
	for (let row = panel; row < end; row += 64) {
		const down = u * load<i32>(window, 28);
		const across = v * load<i32>(window, 32);
		const x = load<i32>(places, 32) + across;
		const y = load<i32>(places) + down;
		if (isOneRow && y >= 0 && y < imageHeight && x >= 0 && x + width <= imageWidth) {
			packRow(row, plane + ((<usize>(y * imageWidth + x)) << 3), width, adds);
		} else {
			for (let lane: usize = 0; lane < <usize>width; lane++) {
				const i = load<i32>(places + (lane << 2)) + down;
				const j = load<i32>(places + (lane << 2), 32) + across;
				const isInside = i >= 0 && i < imageHeight && j >= 0 && j < imageWidth;
				const value: i64 = isInside ? load<i64>(plane + ((<usize>(i * imageWidth + j)) << 3)) : 0;
				put(row + (lane << 3), value, adds);
			}
		}
		if (++v === kernelWidth) {
			v = 0;
			if (++u === kernelHeight) {
				u = 0;
				plane += planeBytes;
			}
		}
	}
}

// Up to 8 columns of `out` += `count` columns of `left` times a panel: tiles of 2 rows by 4 columns, in registers.
function multiplyPanel(
	out: usize,
	left: usize,
	panel: usize,
	rows: i32,
	inner: i32,
	count: i32,
	columns: i32,
	width: i32,
): void {
	const step = (<usize>inner) << 3;
	const stride = (<usize>columns) << 3;
	let a = left;
	let to = out;
	let row = 0;
	for (; row + 2 <= rows; row += 2) {
		let column = 0;
		for (; column + 4 <= width; column += 4) {
			const at = (<usize>column) << 3;
			multiplyTile(to + at, stride, a, step, panel + at, count);
		}
		for (; column < width; column++) {
			const at = (<usize>column) << 3;
			addDot(to + at, a, panel + at, count);
			addDot(to + at + stride, a + step, panel + at, count);
		}
		a += step << 1;
		to += stride << 1;
	}
	if (row < rows) {
		for (let column = 0; column < width; column++) {
			const at = (<usize>column) << 3;
			addDot(to + at, a, panel + at, count);
		}
	}
}

function multiplyTile(out: usize, stride: usize, left: usize, step: usize, panel: usize, count: i32): void {
	let sum00: i64 = 0;
	let sum01: i64 = 0;
	let sum02: i64 = 0;
	let sum03: i64 = 0;
	let sum10: i64 = 0;
	let sum11: i64 = 0;
	let sum12: i64 = 0;
	let sum13: i64 = 0;
	let a0 = left;
	let a1 = left + step;
	let b = panel;
	const end = panel + ((<usize>count) << 6);
	do {
		const x0 = load<i64>(a0);
		const x1 = load<i64>(a1);
		let y = load<i64>(b);
		sum00 += x0 * y;
		sum10 += x1 * y;
		y = load<i64>(b, 8);
		sum01 += x0 * y;
		sum11 += x1 * y;
		y = load<i64>(b, 16);
		sum02 += x0 * y;
		sum12 += x1 * y;
		y = load<i64>(b, 24);
		sum03 += x0 * y;
		sum13 += x1 * y;
		a0 += 8;
		a1 += 8;
		b += 64;
	} while (b < end);
	addFour(out, sum00, sum01, sum02, sum03);
	addFour(out + stride, sum10, sum11, sum12, sum13);
}

function addFour(at: usize, a: i64, b: i64, c: i64, d: i64): void {
	store<i64>(at, load<i64>(at) + a);
	store<i64>(at, load<i64>(at, 8) + b, 8);
	store<i64>(at, load<i64>(at, 16) + c, 16);
	store<i64>(at, load<i64>(at, 24) + d, 24);
}

function addDot(out: usize, left: usize, panel: usize, count: i32): void {
	let sum: i64 = 0;
	let a = left;
	const end = panel + ((<usize>count) << 6);
	for (let b = panel; b < end; b += 64) {
		sum += load<i64>(a) * load<i64>(b);
		a += 8;
	}
	store<i64>(out, load<i64>(out) + sum);
}
