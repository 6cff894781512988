import test from 'ava';
import { createMechanism, type Mechanism } from '../../../src/core/average/mechanism.js';
import type { MechanismParameters } from '../../../src/core/average/session.js';
import { seededRandom } from './keystream.js';

/** 80x60, every gray level about equally often, 0 and 255 included. */
const PICTURE = Uint8Array.from({ length: 4800 }, (_, i) => (i * 101) % 256);

function addReportInto(sums: Float64Array, mechanism: Mechanism, body: Uint8Array): void {
	if (mechanism.parameters.kind === 'one-bit') {
		for (let i = 0; i < sums.length; i++) sums[i] += (body[i >> 3] >> (i & 7)) & 1;
		return;
	}
	const view = new DataView(body.buffer);
	for (let i = 0; i < sums.length; i++) sums[i] += view.getInt16(2 * i, true);
}

/** Bias of the dark and of the bright half, and RMSE, of the average of `count` reports, each changed by `spoil`. */
function measure(parameters: MechanismParameters, count: number, spoil?: (body: Uint8Array) => void) {
	const mechanism = createMechanism(parameters);
	const random = seededRandom(2024);
	const sums = new Float64Array(PICTURE.length);
	const body = new Uint8Array(mechanism.reportBytes(PICTURE.length));
	for (let report = 0; report < count; report++) {
		mechanism.privatizeInto(body, PICTURE, random);
		spoil?.(body);
		addReportInto(sums, mechanism, body);
	}
	const errors = mechanism.estimateMeans(sums, count).map((mean, i) => mean - PICTURE[i]);
	const meanOf = (values: Float64Array) => values.reduce((sum, value) => sum + value, 0) / values.length;
	return {
		// Clamping lifts dark samples and lowers bright ones: over both together its bias would cancel.
		darkBias: meanOf(errors.filter((_, i) => PICTURE[i] < 128)),
		brightBias: meanOf(errors.filter((_, i) => PICTURE[i] >= 128)),
		rmse: Math.sqrt(meanOf(errors.map((error) => error ** 2))),
		expectedRmse: mechanism.expectedRmse(count, PICTURE),
	};
}

function assertUnbiased(figures: ReturnType<typeof measure>): void {
	const { darkBias, brightBias } = figures;
	if (!(Math.abs(darkBias) <= 0.1 && Math.abs(brightBias) <= 0.1)) {
		throw new Error(`bias: dark ${darkBias}, bright ${brightBias}`);
	}
}

function assertErrorAsExpected(figures: ReturnType<typeof measure>): void {
	const { rmse, expectedRmse } = figures;
	if (!(Math.abs(rmse / expectedRmse - 1) <= 0.05)) throw new Error(`RMSE ${rmse}, expected ${expectedRmse}`);
}

// 0.1 gray level is about 4 standard errors of the mean over half the samples and all reports.
const meetsTheory = test.macro((t, parameters: MechanismParameters, count: number) => {
	const figures = measure(parameters, count);
	t.log(figures);
	t.notThrows(() => assertUnbiased(figures));
	t.notThrows(() => assertErrorAsExpected(figures));
});

test('one-bit at epsilon 2 is unbiased and as noisy as expected', meetsTheory, { kind: 'one-bit', epsilon: 2 }, 18_000);
test('uniform noise is unbiased and as noisy as expected', meetsTheory, { kind: 'uniform', amplitude: 128 }, 4000);
test('Laplace noise is unbiased and as noisy as expected', meetsTheory, { kind: 'laplace', epsilon: 4 }, 5500);
test(
	'Gaussian noise is unbiased and as noisy as expected',
	meetsTheory,
	{ kind: 'gaussian', sigma: 80, delta: 1e-6 },
	4300,
);

const clampingFails = test.macro((t, parameters: MechanismParameters) => {
	const figures = measure(parameters, 2000, (body) => {
		const view = new DataView(body.buffer);
		for (let at = 0; at < body.length; at += 2) {
			view.setInt16(at, Math.min(255, Math.max(0, view.getInt16(at, true))), true);
		}
	});
	t.throws(() => assertUnbiased(figures), { message: /bias/ });
	t.throws(() => assertErrorAsExpected(figures), { message: /RMSE/ });
});

test('clamped uniform noise fails both assertions', clampingFails, { kind: 'uniform', amplitude: 128 });
test('clamped Laplace noise fails both assertions', clampingFails, { kind: 'laplace', epsilon: 4 });
test('clamped Gaussian noise fails both assertions', clampingFails, { kind: 'gaussian', sigma: 80, delta: 1e-6 });

test('a bit that is wrong one time in fifty fails the assertion of bias', (t) => {
	const flips = seededRandom(7);
	const mask = new Uint8Array(600);
	const figures = measure({ kind: 'one-bit', epsilon: 2 }, 2000, (body) => {
		flips.fillInto(mask);
		// 5 of 256 masks set one bit
		for (let i = 0; i < body.length; i++) if (mask[i] < 41) body[i] ^= 1 << (mask[i] & 7);
	});
	t.throws(() => assertUnbiased(figures), { message: /bias/ });
});
