import test from 'ava';
import { assertAtLeast, type PrivacyFloor } from '../../../src/core/average/floor.js';
import { influenceOfOneReport } from '../../../src/core/average/influence.js';
import type { MechanismParameters, SessionParameters } from '../../../src/core/average/session.js';
import { PolicyError } from '../../../src/core/errors.js';

test('one lying report moves the mean by the range of a report over N at most', (t) => {
	const uniform = influenceOfOneReport({ kind: 'uniform', amplitude: 128 }, 10);
	t.deepEqual(uniform, { againstTruthGray: 38.3, againstReportGray: 51.1 });
	const laplace = influenceOfOneReport({ kind: 'laplace', epsilon: 1 }, 1);
	t.deepEqual(laplace, { againstTruthGray: 33_023, againstReportGray: 65_535 });
	const oneBit = influenceOfOneReport({ kind: 'one-bit', epsilon: 1 }, 1);
	t.is(Math.round(oneBit.againstReportGray), 552);
	t.is(Math.round(oneBit.againstTruthGray), 403);
});

function sessionWith(mechanism: MechanismParameters): SessionParameters {
	return { name: 'room', width: 8, height: 8, channels: 1, mechanism, minBatch: 20 };
}

const passes = test.macro((t, mechanism: MechanismParameters, floor: PrivacyFloor) => {
	t.notThrows(() => assertAtLeast(sessionWith(mechanism), floor));
});
const refused = test.macro((t, mechanism: MechanismParameters, floor: PrivacyFloor, message: RegExp) => {
	t.throws(() => assertAtLeast(sessionWith(mechanism), floor), {
		instanceOf: PolicyError,
		code: 'session-too-weak',
		message,
	});
});

test('no floor, no refusal', passes, { kind: 'uniform', amplitude: 1 }, {});
test('the epsilon that is asked for', passes, { kind: 'one-bit', epsilon: 2 }, { atLeastEpsilon: 2 });
test('a smaller epsilon', passes, { kind: 'laplace', epsilon: 1 }, { atLeastEpsilon: 2 });
test('the amplitude that is asked for', passes, { kind: 'uniform', amplitude: 128 }, { atLeastAmplitude: 128 });
test(
	'a larger epsilon',
	refused,
	{ kind: 'one-bit', epsilon: 2.1 },
	{ atLeastEpsilon: 2 },
	/gives epsilon 2\.1 per sample/,
);
test('no epsilon', refused, { kind: 'uniform', amplitude: 9999 }, { atLeastEpsilon: 16 }, /guarantees no epsilon/);
test('a smaller amplitude', refused, { kind: 'uniform', amplitude: 127 }, { atLeastAmplitude: 128 }, /amplitude 127/);
test('no amplitude', refused, { kind: 'one-bit', epsilon: 1 }, { atLeastAmplitude: 1 }, /has no amplitude/);
test('a floor that is no number', refused, { kind: 'one-bit', epsilon: 1 }, { atLeastEpsilon: Number.NaN }, /NaN/);
test('a Gaussian within the floor', passes, { kind: 'gaussian', sigma: 1100, delta: 1e-6 }, { atLeastEpsilon: 1 });
test(
	'a Gaussian above it',
	refused,
	{ kind: 'gaussian', sigma: 1000, delta: 1e-6 },
	{ atLeastEpsilon: 1 },
	/gives epsilon 1\.08/,
);
test(
	'a Gaussian that hides its epsilon behind a large delta',
	refused,
	{ kind: 'gaussian', sigma: 100, delta: 0.5 },
	{ atLeastEpsilon: 2 },
	/gives epsilon 14\.8/,
);
