import test from 'ava';
import fc from 'fast-check';
import { testPattern } from '../../../src/core/camera/test-pattern.js';
import type { Channels, Image } from '../../../src/core/image/image.js';
import type { FilterKernel } from '../../../src/core/nn/filter-kernel.js';
import { edgesKernel, parseKernel, sharpenKernel } from '../../../src/core/nn/filter-kernel.js';
import { createFilter, filterInClear, padForFilter, toFilteredPicture } from '../../../src/core/nn/filters.js';

const gray = (width: number, height: number, ...samples: readonly number[]): Image => ({
	width,
	height,
	channels: 1,
	samples: Uint8Array.from(samples),
});

const kernelOf = (rows: readonly (readonly number[])[]): FilterKernel =>
	parseKernel(JSON.stringify(rows), 'kernel.json');

test('sharpening adds the difference from four neighbours, edges repeated and levels clamped', (t) => {
	const image = gray(3, 3, 10, 10, 10, 10, 50, 10, 10, 10, 200);
	// Middle 250 - 40; below it 5*10 - (50 + 10 + 200 + 10); corner 5*200 - (10 + 10 + 200 + 200).
	t.deepEqual([...filterInClear(image, sharpenKernel).samples], [10, 0, 10, 0, 210, 0, 10, 0, 255]);
});

test('edges are dark where nothing changes, and bright around a point', (t) => {
	t.deepEqual([...filterInClear(gray(3, 2, 77, 77, 77, 77, 77, 77), edgesKernel).samples], [0, 0, 0, 0, 0, 0]);
	t.deepEqual(
		[...filterInClear(gray(3, 3, 0, 0, 0, 0, 20, 0, 0, 0, 0), edgesKernel).samples],
		[0, 0, 0, 0, 160, 0, 0, 0, 0],
	);
});

test('a kernel is laid on as it is written', (t) => {
	const image = gray(3, 1, 1, 2, 3);
	t.deepEqual([...filterInClear(image, kernelOf([[0, 0, 1]])).samples], [2, 3, 3]);
	t.deepEqual([...filterInClear(image, kernelOf([[1, 0, 0]])).samples], [1, 1, 2]);
	t.deepEqual([...filterInClear(gray(1, 3, 1, 2, 3), kernelOf([[0], [0], [1]])).samples], [2, 3, 3]);
});

test('fractions round to the nearest level, halves up', (t) => {
	t.deepEqual([...filterInClear(gray(4, 1, 1, 2, 3, 255), kernelOf([[0.5]])).samples], [1, 1, 2, 128]);
});

test('edge pixels are repeated outwards, channel by channel', (t) => {
	const image: Image = { width: 2, height: 1, channels: 3, samples: Uint8Array.of(1, 2, 3, 4, 5, 6) };
	t.deepEqual([...padForFilter(image, { height: 1, width: 3 })], [1, 1, 4, 4, 2, 2, 5, 5, 3, 3, 6, 6]);
	t.deepEqual([...padForFilter(gray(1, 2, 7, 9), { height: 5, width: 1 })], [7, 7, 7, 9, 9, 9]);
});

test('a filtered colour picture is the picture of its filtered channels', (t) => {
	const image = testPattern(3, { width: 37, height: 22 }, 3);
	const filtered = filterInClear(image, sharpenKernel);
	for (const c of [0, 1, 2]) {
		const channel = gray(37, 22, ...image.samples.filter((_, at) => at % 3 === c));
		const expected = filterInClear(channel, sharpenKernel);
		t.deepEqual(
			filtered.samples.filter((_, at) => at % 3 === c),
			expected.samples,
		);
	}
});

test('pictures of any size, smaller than the kernel too, agree with the definition', (t) => {
	const side = fc.integer({ min: 1, max: 12 });
	const odd = fc.integer({ min: 0, max: 7 }).map((n) => 2 * n + 1);
	fc.assert(
		fc.property(
			side,
			side,
			odd,
			odd,
			fc.constantFrom<Channels>(1, 3),
			fc.infiniteStream(fc.nat(255)),
			fc.infiniteStream(fc.integer({ min: -8, max: 8 })),
			(width, height, kernelHeight, kernelWidth, channels, levels, numbers) => {
				const samples = Uint8Array.from(levels.take(width * height * channels));
				const image: Image = { width, height, channels, samples };
				const weights = Float32Array.from(numbers.take(kernelHeight * kernelWidth), (value) => value / 4);
				const kernel = { name: 'random', height: kernelHeight, width: kernelWidth, weights };
				t.deepEqual(filterInClear(image, kernel), byDefinition(image, kernel));
			},
		),
		{ seed: 7, numRuns: 60 },
	);
});

test('weights get the bits that they have, and no more than 32 bits hold', (t) => {
	const bitsOf = (kernel: FilterKernel): number => createFilter(kernel, gray(1, 1, 0)).weightBits;
	t.is(bitsOf(sharpenKernel), 0);
	t.is(bitsOf(kernelOf([[0.25, 0.5, 0.25]])), 2);
	t.is(bitsOf(kernelOf([[0.1]])), 16);
	// 255 * 2^12.x * 2^9 is within 2^30, with one bit more it is not.
	t.is(bitsOf(kernelOf([[5000.1]])), 9);
	t.throws(() => bitsOf(kernelOf([[5_000_000]])), { code: 'bad-kernel' });
});

test('the largest kernel of the brightest picture stays in range', (t) => {
	const kernel = kernelOf(Array.from({ length: 15 }, () => Array.from({ length: 15 }, () => 1 / 225)));
	const white = gray(3, 3, ...Array.from({ length: 9 }, () => 255));
	t.deepEqual(filterInClear(white, kernel), white);
});

test('values of another size are refused', (t) => {
	t.throws(() => toFilteredPicture([1, 2], { width: 1, height: 1 }, 0), { code: 'shape-mismatch' });
});

const refused: readonly (readonly [text: string, message: string])[] = [
	['[[1', 'k.json: not JSON'],
	['{"rows":1}', 'k.json: not a list of rows'],
	['[]', 'k.json: 0 rows of 0'],
	['[[]]', 'k.json: 1 rows of 0'],
	['[1]', 'k.json: row 1 is not a list of 0 numbers'],
	['[[1,2]]', 'k.json: 1 rows of 2'],
	['[[1],[2]]', 'k.json: 2 rows of 1'],
	['[[1,2,3],[1,2],[1,2,3]]', 'k.json: row 2 is not a list of 3 numbers'],
	['[["1"]]', 'k.json: row 1 holds "1", which is no number'],
	['[[null]]', 'k.json: row 1 holds null, which is no number'],
	['[[1e39]]', 'k.json: row 1 holds 1e+39, which is no number'],
	[JSON.stringify([Array.from({ length: 17 }, () => 1)]), 'k.json: 1 rows of 17'],
];
for (const [text, message] of refused) {
	test(`a kernel of ${text.slice(0, 30)} is refused`, (t) => {
		t.throws(() => parseKernel(text, 'k.json'), { code: 'bad-kernel', message });
	});
}

/** Weights in quarters are exact in float64. */
function byDefinition(image: Image, kernel: FilterKernel): Image {
	const { width, height, channels } = image;
	const clamp = (value: number, max: number): number => Math.min(Math.max(value, 0), max);
	const samples = image.samples.map((_, at) => {
		const c = at % channels;
		const j = Math.floor(at / channels) % width;
		const i = Math.floor(at / channels / width);
		let sum = 0;
		for (const [k, weight] of kernel.weights.entries()) {
			const y = clamp(i + Math.floor(k / kernel.width) - (kernel.height - 1) / 2, height - 1);
			const x = clamp(j + (k % kernel.width) - (kernel.width - 1) / 2, width - 1);
			sum += weight * image.samples[(y * width + x) * channels + c];
		}
		return clamp(Math.floor(sum + 0.5), 255);
	});
	return { ...image, samples };
}
