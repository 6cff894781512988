import test from 'ava';
import { DataError } from '../../../src/core/errors.js';
import { absolute, mse, psnr, rmse, signed, ssim } from '../../../src/core/image/compare.js';
import { readImage } from '../../../src/core/image/files.js';
import { scenes } from '../../helpers/fixtures.js';
import { picture, uneven } from './make-pictures.js';

const a = picture(2, 2, 1, (i) => [0, 255, 10, 20][i] ?? 0);
const b = picture(2, 2, 1, (i) => [255, 0, 13, 20][i] ?? 0);

test('differences keep their range and sign', (t) => {
	t.deepEqual([...signed(a, b).samples], [-255, 255, -3, 0]);
	t.deepEqual([...absolute(a, b).samples], [255, 255, 3, 0]);
});

test('errors by hand: two samples 255 apart, one 3, one equal', (t) => {
	t.is(mse(a, b), (2 * 255 * 255 + 9) / 4);
	t.is(rmse(a, b), Math.sqrt((2 * 255 * 255 + 9) / 4));
	t.is(
		psnr(
			picture(3, 3, 1, () => 0),
			picture(3, 3, 1, () => 255),
		),
		0,
	);
	// every sample one level off: 20 log10(255) = 48.130803608679...
	t.true(
		Math.abs(
			(psnr(
				uneven(9, 9),
				picture(9, 9, 3, (i) => (uneven(9, 9).samples[i] ?? 0) ^ 1),
			) ?? 0) - 48.1308036086791,
		) < 1e-12,
	);
});

test('equal pictures have no PSNR and a similarity of 1', (t) => {
	t.is(psnr(a, a), null);
	t.is(mse(a, a), 0);
	t.is(ssim(uneven(20, 20), uneven(20, 20)), 1);
});

// Known answers: computed with NumPy 2.4.6 from the definition, one 11x11 window at a time, two-dimensional weights.
test('structural similarity of two gray pictures', (t) => {
	const x = picture(16, 13, 1, (i) => i * 37);
	const y = picture(16, 13, 1, (i) => i * 37 + (i % 7) * 9);
	t.true(Math.abs(ssim(x, y) - 0.282604704465) < 1e-11, String(ssim(x, y)));
});

test('structural similarity of two colour pictures', (t) => {
	const x = picture(14, 12, 3, (i) => Math.floor((i * i) / 11));
	const y = picture(14, 12, 3, (i) => Math.floor(((Math.floor((i * i) / 11) % 256) * 3) / 4) + 20);
	t.true(Math.abs(ssim(x, y) - 0.955701902642) < 1e-11, String(ssim(x, y)));
});

test('structural similarity of black and white is C1 / (255^2 + C1)', (t) => {
	const c1 = 2.55 ** 2;
	t.true(
		Math.abs(
			ssim(
				picture(11, 11, 1, () => 0),
				picture(11, 11, 1, () => 255),
			) -
				c1 / (255 ** 2 + c1),
		) < 1e-12,
	);
});

test('structural similarity is symmetric and falls with noise', async (t) => {
	const photograph = await readImage(scenes.coffee, { channels: 1 });
	const noisy = (strength: number) => ({
		...photograph,
		samples: photograph.samples.map((level, i) =>
			Math.min(255, Math.max(0, level + ((i * 7919) % 17) * strength - 8 * strength)),
		),
	});
	const [little, much] = [ssim(photograph, noisy(1)), ssim(photograph, noisy(6))];
	t.true(1 > little && little > much && much > 0, `${little} ${much}`);
	t.true(Math.abs(ssim(noisy(6), photograph) - much) < 1e-12);
});

test('pictures of different shape are refused with both shapes', (t) => {
	for (const compare of [absolute, signed, mse, rmse, psnr, ssim]) {
		const error = t.throws(
			() =>
				compare(
					uneven(12, 11),
					picture(12, 11, 1, () => 0),
				),
			{ instanceOf: DataError },
		);
		t.is(error?.message, 'pictures differ in shape: 12x11 rgb and 12x11 gray');
		t.throws(() => compare(uneven(12, 11), uneven(11, 12)), { instanceOf: DataError });
	}
	t.throws(() => ssim(uneven(10, 30), uneven(10, 30)), { instanceOf: DataError, message: /needs 11x11/ });
});
