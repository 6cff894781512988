import test from 'ava';
import { checkOwnWeights } from '../../../src/core/face/own-weights.js';
import { readRecognitionWeights } from '../../../src/core/face/recognition-weights.js';

const weights = readRecognitionWeights();
const changed = (name: string, change: (values: Float32Array) => Float32Array) =>
	new Map([...weights].map(([own, values]) => [own, own.endsWith(name) ? change(values) : values]));

test('weights of the recognition network are taken, others are refused with what is wrong', (t) => {
	t.notThrows(() => checkOwnWeights('mine', weights));
	const wrong = {
		'mine: fc: expected 32768 weights, got 3': changed('fc', (values) => values.slice(0, 3)),
		'mine: fc: has a weight that is not a number': changed('fc', (values) => values.with(7, Number.NaN)),
		'mine: values are too large': changed('scale/weights', (values) => values.map((value) => 3 * value)),
	};
	for (const [message, own] of Object.entries(wrong)) {
		t.throws(() => checkOwnWeights('mine', own), { code: 'other-face-weights', message: new RegExp(`^${message}`) });
	}
});
