import test from 'ava';
import { parseSessionDescription } from '../../../src/core/average/session-description.js';
import { PeerError } from '../../../src/core/errors.js';

for (const [title, value] of [
	['no object', null],
	['a list', []],
	['another number', { wireVersion: 2 }],
	['an object without a text', { wireVersion: JSON.parse('{"toString":1,"valueOf":1}') }],
	['a long text', { wireVersion: 'A'.repeat(100_000) }],
] as const) {
	test(`a version of the wire format that is ${title} is refused in a short sentence`, (t) => {
		const error = t.throws(() => parseSessionDescription(value), { instanceOf: PeerError, code: 'wire-version' });
		t.true(error.message.length < 120);
	});
}
