import test from 'ava';
import fc from 'fast-check';
import {
	createFrameReader,
	encodeFrame,
	FRAME_HEAD_BYTES,
	type Frame,
} from '../../../../src/core/mpc/transport/frame.js';

const ATTEMPT = '000102030405060708090a0b0c0d0e0f';

test('a frame lies on the wire as documented', (t) => {
	const frame = encodeFrame({
		attempt: ATTEMPT,
		kind: 'abort',
		label: { step: 258, part: 3 },
		body: Uint8Array.of(9, 8),
	});
	t.is(frame.toString('hex'), `76636d31${ATTEMPT}0000010200030001000000020908`);
});

test('frames come out whole and in order, however the stream was cut', (t) => {
	fc.assert(
		fc.property(
			fc.array(fc.uint8Array({ maxLength: 40 }), { minLength: 1, maxLength: 6 }),
			fc.array(fc.integer({ min: 1, max: 50 }), { minLength: 1 }),
			(bodies, cuts) => {
				const stream = Buffer.concat(
					bodies.map((body, step) =>
						encodeFrame({ attempt: ATTEMPT, kind: 'message', label: { step, part: 1 }, body }),
					),
				);
				const seen: Frame[] = [];
				const read = createFrameReader(
					() => 100,
					(frame) => seen.push(frame),
				);
				for (let at = 0, i = 0; at < stream.length; i++) {
					const length = cuts[i % cuts.length];
					read(stream.subarray(at, at + length));
					at += length;
				}
				t.deepEqual(
					seen.map(({ label, body }) => [label.step, [...body]]),
					bodies.map((body, step) => [step, [...body]]),
				);
			},
		),
		{ seed: 3, numRuns: 200 },
	);
});

test('what is no frame is refused, and a long one before memory is taken for it', (t) => {
	const read = createFrameReader(
		() => 100,
		() => t.fail(),
	);
	t.throws(() => read(new Uint8Array(FRAME_HEAD_BYTES)), { code: 'not-a-frame' });
	const long = encodeFrame({ attempt: ATTEMPT, kind: 'message', label: { step: 0, part: 0 }, body: new Uint8Array(0) });
	long.writeUInt32BE(0xffff_ffff, 28);
	t.throws(
		() =>
			createFrameReader(
				() => 100,
				() => t.fail(),
			)(long),
		{ code: 'frame-too-long' },
	);
	const kind = encodeFrame({ attempt: ATTEMPT, kind: 'message', label: { step: 0, part: 0 }, body: new Uint8Array(0) });
	kind.writeUInt16BE(2, 26);
	t.throws(
		() =>
			createFrameReader(
				() => 100,
				() => t.fail(),
			)(kind),
		{ code: 'not-a-frame' },
	);
});

test('frames of an attempt that nobody waits for are passed over, whatever length they claim, and the next one is read', (t) => {
	const seen: Frame[] = [];
	const read = createFrameReader(
		(attempt) => (attempt === ATTEMPT ? 100 : null),
		(frame) => seen.push(frame),
	);
	const label = { step: 4, part: 0 };
	const frame = (attempt: string, length: number) =>
		encodeFrame({ attempt, kind: 'message', label, body: new Uint8Array(length) });
	const foreign = 'ee'.repeat(16);
	const stream = Buffer.concat([frame(foreign, 5000), frame(foreign, 0), frame(ATTEMPT, 3), frame(foreign, 1)]);
	for (let at = 0; at < stream.length; at += 700) read(stream.subarray(at, at + 700));
	t.deepEqual(
		seen.map(({ attempt, body }) => [attempt, body.length]),
		[[ATTEMPT, 3]],
	);
	const huge = frame(foreign, 0);
	huge.writeUInt32BE(0xffff_ffff, 28);
	const before = process.memoryUsage().arrayBuffers;
	read(huge);
	t.true(process.memoryUsage().arrayBuffers - before < 1_000_000);
});
