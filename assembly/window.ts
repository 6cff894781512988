// Windows over pictures. All pointers are byte offsets into the imported memory,
// lengths count elements. Everything wraps. The exact meaning of each function is in src/core/kernels/ring.ts.
//
//   window   i32[13]   channels, height, width, kernel height and width, stride y and x, dilation y and x, padding
//                      above and left, output height and width

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
