import test from 'ava';
import { createMechanism } from '../../../src/core/average/mechanism.js';
import type { ParameterOrigin } from '../../../src/core/average/parameter-guards.js';
import { describeMechanism, parseSessionParameters, sampleCountOf } from '../../../src/core/average/session.js';
import { UserError, VeilcamError } from '../../../src/core/errors.js';

const GOOD = {
	name: 'room',
	width: 320,
	height: 240,
	channels: 1,
	mechanism: { kind: 'one-bit', epsilon: 2 },
	minBatch: 20,
};

test('a session comes back as it was, without unknown fields', (t) => {
	const mechanism = { ...GOOD.mechanism, colour: 'red' };
	const session = parseSessionParameters({ ...GOOD, mechanism, count: 7 });
	t.deepEqual(session, { ...GOOD, channels: 1, mechanism: { kind: 'one-bit', epsilon: 2 } });
	t.is(sampleCountOf(session), 76_800);
});

const refusal = test.macro((t, change: Record<string, unknown>, message: RegExp) => {
	t.throws(() => parseSessionParameters({ ...GOOD, ...change }), { instanceOf: UserError, message });
});

test('an empty name is refused', refusal, { name: '' }, /^name: expected 1 to 64 letters.*, got ""$/);
test('a name with a slash is refused', refusal, { name: 'a/b' }, /^name: .* got "a\/b"$/);
test('a name with a line end is refused', refusal, { name: 'a\n' }, /^name: .* got "a\\n"$/);
test('a name of 65 letters is refused', refusal, { name: 'a'.repeat(65) }, /^name: /);
test('a name that is no text is refused', refusal, { name: 7 }, /^name: .* got 7$/);
test('width 0 is refused', refusal, { width: 0 }, /^width: expected a whole number from 1 to 8192, got 0$/);
test('half a pixel is refused', refusal, { height: 1.5 }, /^height: .* got 1\.5$/);
test('a side of 8193 is refused', refusal, { width: 8193 }, /^width: /);
test('a width as text is refused', refusal, { width: '320' }, /^width: .* got "320"$/);
test('two channels are refused', refusal, { channels: 2 }, /^channels: expected 1 \(gray\) or 3 \(RGB\), got 2$/);
test('too many samples are refused', refusal, { width: 8192, height: 2049 }, /samples, got 16785408$/);
test('a minimum batch of 0 is refused', refusal, { minBatch: 0 }, /^minBatch: /);
test('a missing minimum batch is refused', refusal, { minBatch: undefined }, /^minBatch: .* got nothing$/);
test('a missing mechanism is refused', refusal, { mechanism: null }, /^mechanism: expected an object, got null$/);
test('a list for a mechanism is refused', refusal, { mechanism: [] }, /^mechanism: .* got a list$/);

const badMechanism = test.macro((t, mechanism: Record<string, unknown>, message: RegExp) => {
	t.throws(() => parseSessionParameters({ ...GOOD, mechanism }), { instanceOf: UserError, message });
});

const ONE_BIT_RANGE = /^mechanism\.epsilon: expected a number from 0\.001 to 16, got /;
test('an unknown kind is refused', badMechanism, { kind: 'salted' }, /^mechanism\.kind: expected one of one-bit, /);
test('shares of two bits are refused', badMechanism, { kind: 'shares', bits: 2 }, /^mechanism\.bits: expected 1 or 8/);
test('epsilon 0 is refused', badMechanism, { kind: 'one-bit', epsilon: 0 }, ONE_BIT_RANGE);
test('a negative epsilon is refused', badMechanism, { kind: 'one-bit', epsilon: -1 }, ONE_BIT_RANGE);
test('epsilon NaN is refused', badMechanism, { kind: 'one-bit', epsilon: Number.NaN }, /got NaN$/);
test(
	'epsilon Infinity is refused',
	badMechanism,
	{ kind: 'laplace', epsilon: Number.POSITIVE_INFINITY },
	ONE_BIT_RANGE,
);
test('epsilon 16.1 is refused', badMechanism, { kind: 'one-bit', epsilon: 16.1 }, ONE_BIT_RANGE);
test('epsilon as text is refused', badMechanism, { kind: 'one-bit', epsilon: '2' }, /got "2"$/);
test('amplitude 0 is refused', badMechanism, { kind: 'uniform', amplitude: 0 }, /^mechanism\.amplitude: /);
test('255 + amplitude must fit int16', badMechanism, { kind: 'uniform', amplitude: 32_513 }, /from 1 to 32512, got/);
test('half an amplitude is refused', badMechanism, { kind: 'uniform', amplitude: 1.5 }, /got 1\.5$/);
test('sigma below 1 is refused', badMechanism, { kind: 'gaussian', sigma: 0.5, delta: 1e-6 }, /^mechanism\.sigma: /);
test('delta 0 is refused', badMechanism, { kind: 'gaussian', sigma: 100, delta: 0 }, /^mechanism\.delta: /);
test('delta 1 is refused', badMechanism, { kind: 'gaussian', sigma: 100, delta: 1 }, /^mechanism\.delta: /);

// Worked by hand: 76,800 (r^32513 + r^33024) / (1 + r) <= 2^-40 with r = e^(-epsilon/255) from epsilon = 0.3037 on;
// for the Gaussian, 76,800 (Q(32512.5 / sigma) + Q(33023.5 / sigma)) <= 2^-40 up to about sigma = 3,830.
test(
	'Laplace noise that would leave int16 is refused',
	badMechanism,
	{ kind: 'laplace', epsilon: 0.303 },
	/leaves int16/,
);
test(
	'Gaussian noise that would leave int16 is refused',
	badMechanism,
	{ kind: 'gaussian', sigma: 3900, delta: 1e-6 },
	/leaves int16/,
);

test('noise just inside int16 is accepted, and depends on the size of the picture', (t) => {
	const laplace = { ...GOOD, mechanism: { kind: 'laplace', epsilon: 0.304 } };
	t.notThrows(() => parseSessionParameters(laplace));
	t.throws(() => parseSessionParameters({ ...laplace, width: 640 }), {
		message: /epsilon.* 153600 samples, got 0\.304$/,
	});
	t.notThrows(() => parseSessionParameters({ ...GOOD, mechanism: { kind: 'gaussian', sigma: 3800, delta: 1e-6 } }));
});

test('a mechanism refuses a picture too large for its noise when it is used without a session', (t) => {
	const mechanism = createMechanism({ kind: 'laplace', epsilon: 0.28 });
	const unused = { fillInto: () => t.fail() };
	t.throws(() => mechanism.privatize(new Uint8Array(76_800), unused), { instanceOf: UserError, message: /int16/ });
});

test('epsilon moves down and sigma up to the grid of 0.001, and decimals on it stay', (t) => {
	const mechanismOf = (mechanism: unknown) => parseSessionParameters({ ...GOOD, mechanism }).mechanism;
	t.deepEqual(mechanismOf({ kind: 'laplace', epsilon: 1.2349 }), { kind: 'laplace', epsilon: 1.234 });
	t.deepEqual(mechanismOf({ kind: 'gaussian', sigma: 100.3001, delta: 1e-6 }), {
		kind: 'gaussian',
		sigma: 100.301,
		delta: 1e-6,
	});
	for (let steps = 1; steps <= 16_000; steps++) {
		const epsilon = steps / 1000;
		if (describeMechanism(mechanismOf({ kind: 'one-bit', epsilon })) !== `one-bit, epsilon ${epsilon}`)
			t.fail(String(epsilon));
	}
});

const family = test.macro((t, origin: ParameterOrigin, code: number, message: RegExp) => {
	const error = t.throws(() => parseSessionParameters({ ...GOOD, width: -1 }, origin), { any: true, message });
	t.true(error instanceof VeilcamError && error.exitCode === code);
});
test('a bad session of a server is the peer’s fault', family, 'peer', 4, /^the server's session: width: /);
test('a bad session in a file is bad data', family, 'file', 3, /^width: /);
test('a bad session from options is the user’s', family, 'user', 2, /^width: /);

test('mechanisms are described for people', (t) => {
	t.is(describeMechanism({ kind: 'one-bit', epsilon: 2 }), 'one-bit, epsilon 2');
	t.is(describeMechanism({ kind: 'uniform', amplitude: 128 }), 'uniform, amplitude 128');
	t.is(describeMechanism({ kind: 'laplace', epsilon: 0.5 }), 'laplace, epsilon 0.5');
	t.is(describeMechanism({ kind: 'gaussian', sigma: 100, delta: 1e-6 }), 'gaussian, sigma 100, delta 1e-6');
});
