import test from 'ava';
import { estimateAverage, expectedRmse, imageOfMeans } from '../../../src/core/average/estimator.js';
import { createMechanism } from '../../../src/core/average/mechanism.js';
import { createOneBitTable } from '../../../src/core/average/one-bit-table.js';
import { decodeReport, estimateFromReport, reportAsImage } from '../../../src/core/average/report-values.js';
import type { SessionParameters } from '../../../src/core/average/session.js';
import { BugError, UserError } from '../../../src/core/errors.js';
import { seededRandom } from './keystream.js';

const UNIFORM: SessionParameters = {
	name: 'room',
	width: 3,
	height: 1,
	channels: 1,
	mechanism: { kind: 'uniform', amplitude: 100 },
	minBatch: 1,
};
const ONE_BIT: SessionParameters = { ...UNIFORM, width: 9, mechanism: { kind: 'one-bit', epsilon: 1 } };

test('means stay unclamped, the picture is rounded and clamped', (t) => {
	const { means, image, expectedRmseGray } = estimateAverage(UNIFORM, [-40, 402, 1100], 4);
	t.deepEqual([...means], [-10, 100.5, 275]);
	t.deepEqual([...image.samples], [0, 100, 255]);
	t.is(expectedRmseGray, Math.sqrt((100 * 101) / 3 / 4));
	t.is(expectedRmse(UNIFORM, 4), expectedRmseGray);
});

test('ones are read as gray levels: half of them is middle gray, none is below black', (t) => {
	const { means } = estimateAverage(ONE_BIT, [50, 0, 100, 73, 27, 50, 50, 50, 50], 100);
	t.is(means[0], 127.5);
	// 127.5 -+ 127.5 / tanh(1/2) = 127.5 -+ 275.9
	t.true(Math.abs(means[1] + 148.4) < 0.01);
	t.true(Math.abs(means[2] - 403.4) < 0.01);
	// P(1 | 255) = 0.7311, P(1 | 0) = 0.2689
	t.true(Math.abs(means[3] - 254.4) < 0.1 && Math.abs(means[4] - 0.6) < 0.1);
});

test('the expected error of a dark average is that of dark pictures', (t) => {
	const dark = estimateAverage(ONE_BIT, new Array(9).fill(27), 100);
	const middle = estimateAverage(ONE_BIT, new Array(9).fill(50), 100);
	t.true(dark.expectedRmseGray < middle.expectedRmseGray);
	t.is(expectedRmse(ONE_BIT, 100, dark.image), dark.expectedRmseGray);
});

test('no reports, or sums of another shape, are refused', (t) => {
	t.throws(() => estimateAverage(UNIFORM, [0, 0, 0], 0), { instanceOf: UserError, code: 'no-reports' });
	t.throws(() => estimateAverage(UNIFORM, [0, 0], 1), { instanceOf: UserError, message: /expected 3 samples, got 2/ });
});

test('bits are decoded lowest first, and the padding is left out', (t) => {
	t.deepEqual([...decodeReport(ONE_BIT, Uint8Array.of(0b1000_0101, 1))], [1, 0, 1, 0, 0, 0, 0, 1, 1]);
	t.deepEqual([...reportAsImage(ONE_BIT, Uint8Array.of(0b1000_0101, 1)).samples], [255, 0, 255, 0, 0, 0, 0, 255, 255]);
});

test('words are decoded little-endian with their sign, also from the middle of a buffer', (t) => {
	const body = Uint8Array.of(9, 0xff, 0xff, 0x00, 0x80, 0x2c, 0x01).subarray(1);
	t.deepEqual([...estimateFromReport(UNIFORM, body)], [-1, -32_768, 300]);
	t.deepEqual([...reportAsImage(UNIFORM, body).samples], [0, 0, 255]);
});

test('a body of another length is a bug of the caller', (t) => {
	t.throws(() => decodeReport(UNIFORM, new Uint8Array(5)), { instanceOf: BugError });
	const mechanism = createMechanism(ONE_BIT.mechanism);
	t.throws(() => mechanism.privatizeInto(new Uint8Array(3), new Uint8Array(9), seededRandom(1)), {
		instanceOf: BugError,
	});
});

test('privatizing leaves the picture alone, overwrites the body, and pads with zero bits', (t) => {
	const samples = Uint8Array.from({ length: 9 }, (_, i) => i * 31);
	const before = samples.slice();
	for (const mechanism of [createMechanism(ONE_BIT.mechanism), createMechanism(UNIFORM.mechanism)]) {
		const fresh = mechanism.privatize(samples, seededRandom(5));
		const reused = new Uint8Array(fresh.length).fill(0xff);
		mechanism.privatizeInto(reused, samples, seededRandom(5));
		t.deepEqual(reused, fresh);
	}
	t.deepEqual(samples, before);
	t.is(createMechanism(ONE_BIT.mechanism).privatize(samples, seededRandom(5))[1] & 0xfe, 0);
});

test('uniform words stay in the range that the collector checks', (t) => {
	const session: SessionParameters = {
		...UNIFORM,
		width: 256,
		height: 40,
		mechanism: { kind: 'uniform', amplitude: 2 },
	};
	const mechanism = createMechanism(session.mechanism);
	const values = decodeReport(
		session,
		mechanism.privatize(
			Uint8Array.from({ length: 10_240 }, (_, i) => i),
			seededRandom(3),
		),
	);
	t.deepEqual(mechanism.rangeOfReport, { min: Math.min(...values), max: Math.max(...values) });
});

test('display rounds halves to even and keeps the shape', (t) => {
	t.deepEqual(imageOfMeans({ width: 1, height: 1, channels: 3 }, [0.5, 1.5, 254.6]), {
		width: 1,
		height: 1,
		channels: 3,
		samples: Uint8Array.of(0, 2, 255),
	});
});

test('a bit is one exactly for the words below its threshold', (t) => {
	const { thresholds } = createOneBitTable(1);
	const words = [thresholds[0] - 1, thresholds[0], thresholds[255] - 1, thresholds[255]];
	const random = {
		fillInto(bytes: Uint8Array) {
			const view = new DataView(bytes.buffer);
			for (const [i, word] of words.entries()) view.setUint32(4 * i, word, true);
		},
	};
	const body = createMechanism({ kind: 'one-bit', epsilon: 1 }).privatize(Uint8Array.of(0, 0, 255, 255), random);
	t.deepEqual([...body], [0b0101]);
});

test('the random words of a picture are overwritten when it is done: noise that is known can be subtracted', (t) => {
	for (const { mechanism } of [ONE_BIT, UNIFORM]) {
		const inner = seededRandom(4);
		const seen: Uint8Array[] = [];
		const random = {
			fillInto(bytes: Uint8Array) {
				inner.fillInto(bytes);
				seen.push(bytes);
			},
		};
		createMechanism(mechanism).privatize(new Uint8Array(9), random);
		t.true(seen.length > 0 && seen.every((bytes) => bytes.every((byte) => byte === 0)));
	}
});
