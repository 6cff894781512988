import test from 'ava';
import { dctShrinkage } from '../../../src/core/average/dct-shrinkage.js';
import { reconstructUpload } from '../../../src/core/average/denoise.js';
import { gaussianBlur, type Plane } from '../../../src/core/average/gaussian-blur.js';
import { createMechanism } from '../../../src/core/average/mechanism.js';
import { halvePlane, resizePlane } from '../../../src/core/average/plane-scale.js';
import type { MechanismParameters, SessionParameters } from '../../../src/core/average/session.js';
import type { Image } from '../../../src/core/image/image.js';
import { seededRandom } from './keystream.js';

/** A face of sorts: an oval with eyes and a mouth before a gradient, with the contrast of a photograph. */
function drawFace(width: number, height: number, channels: 1 | 3): Image {
	const samples = new Uint8Array(width * height * channels);
	for (let i = 0; i < samples.length; i++) {
		const channel = i % channels;
		const x = (Math.floor(i / channels) % width) / width - 0.5;
		const y = Math.floor(i / channels / width) / height - 0.5;
		const isFace = (x / 0.25) ** 2 + (y / 0.4) ** 2 < 1;
		const isEye = ((Math.abs(x) - 0.1) / 0.04) ** 2 + ((y + 0.1) / 0.03) ** 2 < 1;
		const isMouth = (x / 0.1) ** 2 + ((y - 0.2) / 0.03) ** 2 < 1;
		const gray = isEye || isMouth ? 40 : isFace ? 190 - 60 * x : 90 + 80 * y;
		samples[i] = gray + 15 * channel;
	}
	return { width, height, channels, samples };
}

function sessionFor({ width, height, channels }: Image, mechanism: MechanismParameters): SessionParameters {
	return { name: 'room', width, height, channels, mechanism, minBatch: 1 };
}

function reconstruct(original: Image, mechanism: MechanismParameters) {
	const body = createMechanism(mechanism).privatize(original.samples, seededRandom(9));
	return reconstructUpload(sessionFor(original, mechanism), body, original);
}

const constantPlane = (width: number, height: number, value: number): Plane => ({
	width,
	height,
	values: new Float64Array(width * height).fill(value),
});

test('a strong upload still shows the picture: well over the 12.5 dB of a gray guess', (t) => {
	const face = drawFace(320, 240, 1);
	const psnr = (mechanism: MechanismParameters) => reconstruct(face, mechanism).psnrDb;
	const uniform = psnr({ kind: 'uniform', amplitude: 128 });
	const oneBit = psnr({ kind: 'one-bit', epsilon: 1 });
	const strong = psnr({ kind: 'one-bit', epsilon: 0.1 });
	t.log({ uniform, oneBit, strong });
	t.true(uniform > 22 && uniform < 32);
	t.true(oneBit > 19 && oneBit < 25);
	t.true(strong < oneBit - 3);
});

test('the figure is the PSNR of the picture that comes with it', (t) => {
	const face = drawFace(64, 48, 1);
	const { image, psnrDb, method } = reconstruct(face, { kind: 'uniform', amplitude: 128 });
	const mse = image.samples.reduce((sum, x, i) => sum + (x - face.samples[i]) ** 2, 0) / image.samples.length;
	t.true(Math.abs(psnrDb - 10 * Math.log10(255 ** 2 / mse)) < 1e-9);
	t.regex(method, /blur|shrinkage/);
	t.deepEqual([image.width, image.height, image.channels], [64, 48, 1]);
});

test('noise that is hardly there leaves the upload as it is', (t) => {
	const { psnrDb, method } = reconstruct(drawFace(64, 48, 1), { kind: 'uniform', amplitude: 1 });
	t.true(psnrDb > 45, `${psnrDb} ${method}`);
});

test('noise that leaves nothing is answered with one gray level', (t) => {
	const { psnrDb, method } = reconstruct(drawFace(64, 48, 1), { kind: 'one-bit', epsilon: 0.05 });
	t.regex(method, /^one gray level$|^Gaussian blur, 22 pixels$/);
	t.true(psnrDb < 16, String(psnrDb));
});

test('colours are kept apart', (t) => {
	const face = drawFace(64, 48, 3);
	const { image } = reconstruct(face, { kind: 'uniform', amplitude: 20 });
	const meanOf = (channel: number) =>
		image.samples.filter((_, i) => i % 3 === channel).reduce((a, b) => a + b, 0) / (64 * 48);
	t.true(Math.abs(meanOf(1) - meanOf(0) - 15) < 2);
	t.true(Math.abs(meanOf(2) - meanOf(0) - 30) < 2);
});

test('pictures smaller than a block are reconstructed too', (t) => {
	const tiny: Image = { width: 1, height: 1, channels: 1, samples: Uint8Array.of(77) };
	t.is(reconstruct(tiny, { kind: 'one-bit', epsilon: 1 }).image.samples.length, 1);
	t.is(reconstruct(drawFace(9, 17, 1), { kind: 'laplace', epsilon: 4 }).image.samples.length, 153);
});

test('blurring keeps a constant, the right way round, and spreads a point as a Gaussian', (t) => {
	t.true(gaussianBlur(constantPlane(7, 5, 42), 2).values.every((value) => Math.abs(value - 42) < 1e-9));
	const point = constantPlane(31, 33, 0);
	point.values[16 * 31 + 15] = 1;
	const blurred = gaussianBlur(point, 2);
	t.deepEqual([blurred.width, blurred.height], [31, 33]);
	const at = (x: number, y: number) => blurred.values[y * 31 + x];
	// e^(-3^2 / 8) along either side, and the sum is kept
	t.true(Math.abs(at(18, 16) / at(15, 16) - Math.exp(-9 / 8)) < 1e-9);
	t.true(Math.abs(at(15, 13) / at(15, 16) - Math.exp(-9 / 8)) < 1e-9);
	t.true(Math.abs(blurred.values.reduce((a, b) => a + b) - 1) < 1e-9);
});

test('shrinkage with threshold 0 changes nothing; with a large one it leaves block means', (t) => {
	const plane: Plane = { width: 19, height: 11, values: Float64Array.from({ length: 209 }, (_, i) => (i * 37) % 101) };
	const same = dctShrinkage(plane, 1, 0, 3);
	t.true(same.values.every((value, i) => Math.abs(value - plane.values[i]) < 1e-9));
	const block: Plane = { width: 8, height: 8, values: Float64Array.from({ length: 64 }, (_, i) => i) };
	t.true(dctShrinkage(block, 1, 1e6, 4).values.every((value) => Math.abs(value - 31.5) < 1e-9));
});

test('shrinkage keeps one cosine above the threshold and drops it below', (t) => {
	// 10 cos(pi (2x + 1) 3 / 16): coefficient 10 * sqrt(2/8) * 4 * sqrt(8) = 56.57
	const values = Float64Array.from({ length: 64 }, (_, i) => 10 * Math.cos((Math.PI * (2 * (i % 8) + 1) * 3) / 16));
	const block: Plane = { width: 8, height: 8, values };
	t.true(dctShrinkage(block, 1, 56, 8).values.every((value, i) => Math.abs(value - values[i]) < 1e-9));
	t.true(dctShrinkage(block, 1, 57, 8).values.every((value) => Math.abs(value) < 1e-9));
});

test('halving takes means of four, and growing back keeps a slope', (t) => {
	const plane: Plane = { width: 5, height: 4, values: Float64Array.from({ length: 20 }, (_, i) => i % 5) };
	const half = halvePlane(plane);
	t.deepEqual([half.width, half.height, ...half.values], [2, 2, 0.5, 2.5, 0.5, 2.5]);
	const grown = resizePlane(half, 4, 2);
	t.deepEqual([...grown.values], [0.5, 1, 2, 2.5, 0.5, 1, 2, 2.5]);
	t.is(resizePlane(half, 2, 2), half);
});
