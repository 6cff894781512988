import test from 'ava';
import { themeFor } from '../../src/tui/theme.js';

test('NO_COLOR takes every colour away, unless it is empty', (t) => {
	t.deepEqual(
		Object.values(themeFor({ NO_COLOR: '1', COLORFGBG: '0;15' })).filter((value) => value !== undefined),
		[false],
	);
	t.deepEqual(themeFor({ NO_COLOR: '' }), themeFor({}));
});

test('a light ground gets no yellow, cyan or dim text', (t) => {
	for (const COLORFGBG of ['0;15', '0;default;7', '0;9']) {
		const light = themeFor({ COLORFGBG });
		t.false(light.dimLabels);
		t.false(Object.values(light).some((colour) => colour === 'yellow' || colour === 'cyan'));
	}
});

test('an unknown ground counts as dark', (t) => {
	for (const COLORFGBG of [undefined, '', '15;0', '15;default', '15;8', 'x']) {
		t.deepEqual(themeFor({ COLORFGBG }), themeFor({}));
	}
});
