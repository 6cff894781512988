import { stripVTControlCharacters } from 'node:util';
import test from 'ava';
import { render } from 'ink-testing-library';
import type { ReactElement } from 'react';
import { CauseTable } from '../../../src/tui/components/cause-table.js';
import { Header } from '../../../src/tui/components/header.js';
import { Keys } from '../../../src/tui/components/keys.js';
import { Picture } from '../../../src/tui/components/picture.js';
import { Rows } from '../../../src/tui/components/rows.js';
import { Warnings } from '../../../src/tui/components/warnings.js';
import { themeFor } from '../../../src/tui/theme.js';

const theme = themeFor({ NO_COLOR: '1' });
const EVIL = 'x\u001b[2J\u009by\nz';
const EVIL_SHOWN = 'x\\x1b[2J\\x9by\\nz';

function frameOf(element: ReactElement): string {
	const { lastFrame, unmount } = render(element);
	const frame = lastFrame() ?? '';
	unmount();
	return frame;
}

function textOf(element: ReactElement): string {
	return stripVTControlCharacters(frameOf(element));
}

const harmless = test.macro({
	exec(t, element: ReactElement) {
		const frame = frameOf(element);
		t.true(frame.includes(EVIL_SHOWN), frame);
		// Colours of our own are the only escape sequences left.
		t.notRegex(frame.replaceAll(/.\[\d+m/g, ''), /[^\P{Cc}\n]/u);
	},
	title: (name) => `${name} shows foreign text, and lets none of it act on the terminal`,
});

test('Header', harmless, <Header theme={theme} title="veilcam" subject={EVIL} aside="" columns={80} />);
test('Rows', harmless, <Rows theme={theme} labelColumns={30} columns={80} rows={[{ label: 'url', value: EVIL }]} />);
test(
	'a label of Rows',
	harmless,
	<Rows theme={theme} labelColumns={30} columns={80} rows={[{ label: EVIL, value: '' }]} />,
);
test(
	'CauseTable',
	harmless,
	<CauseTable theme={theme} causes={{ [EVIL]: 1 }} maxRows={2} labelColumns={30} columns={80} />,
);
test('Warnings', harmless, <Warnings theme={theme} warnings={[EVIL]} maxRows={2} columns={80} />);
test('Picture', harmless, <Picture theme={theme} lines={null} placeholder={EVIL} columns={40} rows={5} />);

test('a header is one line, and its aside stays whole where room is short', (t) => {
	const frame = frameOf(
		<Header theme={theme} title="veilcam collect" subject={'s'.repeat(200)} aside="up 3 s" columns={100} />,
	);
	t.is(frame.split('\n').length, 1);
	t.true(frame.endsWith('…  up 3 s'), frame);
});

test('rows line up', (t) => {
	const rows = [
		{ label: 'a', value: '1' },
		{ label: 'longer', value: '2' },
	];
	t.is(textOf(<Rows theme={theme} labelColumns={8} columns={80} rows={rows} />), 'a       1\nlonger  2');
});

test('a picture and its placeholder take the same room', (t) => {
	const lines = ['AAAAAAAAAAAA', 'BBBBBBBBBBBB', 'CCCCCCCCCCCC'];
	t.is(frameOf(<Picture theme={theme} lines={lines} placeholder="" columns={12} rows={3} />), lines.join('\n'));
	const empty = textOf(<Picture theme={theme} lines={null} placeholder="soon" columns={12} rows={3} />);
	t.is(empty, '╭──────────╮\n│   soon   │\n╰──────────╯');
});

test('the keys are named', (t) => {
	t.is(textOf(<Keys theme={theme} keys={[{ key: 'q', does: 'quit' }]} columns={80} />).trimEnd(), 'q quit');
});
