import test from 'ava';
import { nearest } from '../src/nearest.js';

const commands = ['collect', 'contribute', 'average', 'demo'];

const cases: Record<string, string | undefined> = {
	colect: 'collect',
	collects: 'collect',
	contibute: 'contribute',
	contributes: 'contribute',
	avrage: 'average',
	demi: 'demo',
	emo: 'demo',
	demo: 'demo',
	dmeo: 'demo',
	omde: undefined,
	frobnicate: undefined,
	x: undefined,
	'': undefined,
};

for (const [word, meant] of Object.entries(cases)) {
	test(`"${word}" ${meant === undefined ? 'is like no command' : `probably means ${meant}`}`, (t) => {
		t.is(nearest(word, commands), meant);
	});
}

test('the nearest of several is taken, the first of equals', (t) => {
	t.is(nearest('cats', ['bats', 'cat', 'hats']), 'bats');
	t.is(nearest('catss', ['bats', 'cats']), 'cats');
	t.is(nearest('anything', []), undefined);
});
