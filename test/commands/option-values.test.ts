import test from 'ava';
import type { OptionSpecs } from '../../src/commands/define-command.js';
import { checkOptions, checkPositionals, kebab, parseSize } from '../../src/commands/option-values.js';
import { UserError } from '../../src/core/errors.js';

const specs = {
	to: { type: 'string', required: true, describe: 'Where to' },
	out: { type: 'string', default: 'a.png', describe: 'Picture' },
	kind: { type: 'string', choices: ['one', 'two'], default: 'one', describe: 'Kind' },
	note: { type: 'string', describe: 'Note' },
	minBatch: { type: 'number', integer: true, min: 1, max: 10, default: 5, describe: 'Batch' },
	epsilon: { type: 'number', min: 0.5, max: 16, describe: 'Epsilon' },
	json: { type: 'boolean', describe: 'JSON' },
} as const satisfies OptionSpecs;

test('defaults fill in what was not given, and numbers become numbers', (t) => {
	t.deepEqual(checkOptions(specs, { to: 'x' }), {
		to: 'x',
		out: 'a.png',
		kind: 'one',
		note: undefined,
		minBatch: 5,
		epsilon: undefined,
		json: false,
	});
	t.like(checkOptions(specs, { to: 'x', minBatch: '10', epsilon: '1e1', kind: 'two', json: true }), {
		minBatch: 10,
		epsilon: 10,
		kind: 'two',
		json: true,
	});
	t.like(checkOptions(specs, { to: 'x', minBatch: '1', epsilon: '0.5' }), { minBatch: 1, epsilon: 0.5 });
});

const refused: [string, Record<string, unknown>, RegExp][] = [
	['a missing required option', {}, /^--to is missing: Where to$/],
	['an empty text', { to: '' }, /^--to: expected a value, got "nothing"$/],
	['an option given twice', { to: ['a', 'b'] }, /^--to: expected one value, got "a, b"$/],
	['a value that is no choice', { to: 'x', kind: 'three' }, /^--kind: expected one, two, got "three"$/],
	...['0', '11', '2.5', '', ' ', 'five', '5five', 'NaN', 'Infinity', '1e999', '-1'].map(
		(text): [string, Record<string, unknown>, RegExp] => [
			`"${text}" for a whole number`,
			{ to: 'x', minBatch: text },
			/^--min-batch: expected a whole number from 1 to 10, got "/,
		],
	),
	...['0.49', '16.1', 'NaN', 'Infinity'].map((text): [string, Record<string, unknown>, RegExp] => [
		`"${text}" for a number`,
		{ to: 'x', epsilon: text },
		/^--epsilon: expected a number from 0\.5 to 16, got "/,
	]),
];

for (const [what, parsed, message] of refused) {
	test(`${what} is refused`, (t) => {
		const error = t.throws(() => checkOptions(specs, parsed), { instanceOf: UserError, message });
		t.is(error?.exitCode, 2);
	});
}

test('positionals: missing, surplus and empty ones are refused', (t) => {
	const [one, many] = [
		{ name: 'image', describe: 'Picture' },
		{ name: 'source', describe: 'Sources', variadic: true },
	];
	t.notThrows(() => checkPositionals([one], ['a']));
	t.notThrows(() => checkPositionals([one, many], ['a', 'b', 'c']));
	t.notThrows(() => checkPositionals([{ ...one, optional: true }], []));
	t.throws(() => checkPositionals([one], []), { message: 'image is missing: Picture' });
	t.throws(() => checkPositionals([one, many], ['a']), { message: 'source is missing: Sources' });
	t.throws(() => checkPositionals([one], ['a', 'b']), { message: '"b" is one argument too many' });
	t.throws(() => checkPositionals([], ['b']), { code: 'surplus-argument' });
	t.throws(() => checkPositionals([one], ['']), { code: 'empty-argument' });
});

test('sizes are WIDTHxHEIGHT', (t) => {
	t.deepEqual(parseSize('320x240'), { width: 320, height: 240 });
	t.deepEqual(parseSize('1X20000'), { width: 1, height: 20_000 });
	for (const text of [
		'320',
		'320x',
		'x240',
		'0x240',
		'320x0',
		'-1x3',
		'320x240x3',
		'20001x1',
		'3.5x2',
		' 3x2',
		'1e3x2',
	]) {
		t.throws(() => parseSize(text), { instanceOf: UserError, message: /^--size: expected WIDTHxHEIGHT/ }, text);
	}
});

test('names of options are kebab-case', (t) => {
	t.is(kebab('atLeastEpsilon'), 'at-least-epsilon');
	t.is(kebab('to'), 'to');
});
