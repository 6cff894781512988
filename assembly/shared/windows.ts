// Windows over pictures of elements T, i32 or i64. All pointers are byte offsets into the imported memory,
// lengths count elements. Everything wraps. The exact meaning of each function is in src/core/kernels/ring.ts.
//
//   window   i32[13]   channels, height, width, kernel height and width, stride y and x, dilation y and x, padding
//                      above and left, output height and width

export function columns<T>(to: usize, image: usize, window: usize): void {
	let target = to;
	let plane = image;
	const kernelHeight = load<i32>(window, 12);
	const kernelWidth = load<i32>(window, 16);
	const planeBytes = <usize>(load<i32>(window, 4) * load<i32>(window, 8)) * sizeof<T>();
	const outBytes = <usize>(load<i32>(window, 44) * load<i32>(window, 48)) * sizeof<T>();
	for (let c = load<i32>(window); c > 0; c--) {
		for (let u = 0; u < kernelHeight; u++) {
			for (let v = 0; v < kernelWidth; v++) {
				tapPlane<T>(target, plane, window, u, v, 0 as T, false);
				target += outBytes;
			}
		}
		plane += planeBytes;
	}
}

export function tap<T>(to: usize, image: usize, window: usize, u: i32, v: i32, outside: T): void {
	let target = to;
	let plane = image;
	const planeBytes = <usize>(load<i32>(window, 4) * load<i32>(window, 8)) * sizeof<T>();
	const outBytes = <usize>(load<i32>(window, 44) * load<i32>(window, 48)) * sizeof<T>();
	for (let c = load<i32>(window); c > 0; c--) {
		tapPlane<T>(target, plane, window, u, v, outside, false);
		target += outBytes;
		plane += planeBytes;
	}
}

export function windowSum<T>(to: usize, image: usize, window: usize): void {
	let target = to;
	let plane = image;
	const kernelHeight = load<i32>(window, 12);
	const kernelWidth = load<i32>(window, 16);
	const planeBytes = <usize>(load<i32>(window, 4) * load<i32>(window, 8)) * sizeof<T>();
	const outBytes = <usize>(load<i32>(window, 44) * load<i32>(window, 48)) * sizeof<T>();
	for (let c = load<i32>(window); c > 0; c--) {
		memory.fill(target, 0, outBytes);
		for (let u = 0; u < kernelHeight; u++) {
			for (let v = 0; v < kernelWidth; v++) tapPlane<T>(target, plane, window, u, v, 0 as T, true);
		}
		target += outBytes;
		plane += planeBytes;
	}
}

// One place of each window of one channel, stored or added.
function tapPlane<T>(to: usize, plane: usize, window: usize, u: i32, v: i32, outside: T, adds: bool): void {
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
		const row = to + <usize>(i * outWidth) * sizeof<T>();
		if (y < 0 || y >= height) {
			if (!adds) fill<T>(row, outside, outWidth);
		} else {
			const from = plane + <usize>(y * width + first * strideX + left) * sizeof<T>();
			const target = row + <usize>first * sizeof<T>();
			if (!adds) {
				fill<T>(row, outside, first);
				fill<T>(row + <usize>last * sizeof<T>(), outside, outWidth - last);
			}
			takeRow<T>(target, from, last - first, strideX, adds);
		}
		y += load<i32>(window, 20);
	}
}

function fill<T>(to: usize, value: T, count: i32): void {
	let target = to;
	for (const end = target + <usize>count * sizeof<T>(); target < end; target += sizeof<T>()) store<T>(target, value);
}

function takeRow<T>(to: usize, from: usize, count: i32, stride: i32, adds: bool): void {
	let target = to;
	let source = from;
	let i = 0;
	if (sizeof<T>() === 4 && stride === 1) {
		for (; i + 4 <= count; i += 4) {
			const v = v128.load(source);
			v128.store(target, adds ? i32x4.add(v128.load(target), v) : v);
			target += 16;
			source += 16;
		}
	} else if (sizeof<T>() === 4 && stride === 2) {
		// one more must follow: four outputs read the input behind their last one
		for (; i + 4 < count; i += 4) {
			const v = i32x4.shuffle(v128.load(source), v128.load(source, 16), 0, 2, 4, 6);
			v128.store(target, adds ? i32x4.add(v128.load(target), v) : v);
			target += 16;
			source += 32;
		}
	}
	for (; i < count; i++) {
		const value = load<T>(source);
		store<T>(target, adds ? ((load<T>(target) + value) as T) : value);
		target += sizeof<T>();
		source += <usize>stride * sizeof<T>();
	}
}
