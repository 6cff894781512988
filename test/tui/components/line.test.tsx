import test from 'ava';
import { Box } from 'ink';
import { render } from 'ink-testing-library';
import { Line, styledLine } from '../../../src/tui/components/line.js';

test('a line is its spans in their styles', (t) => {
	const spans = [{ text: 'ab', colour: 'red', bold: true }, { text: '' }, { text: 'cd', dim: true }] as const;
	t.is(styledLine(spans, 10), '\x1b[1m\x1b[31mab\x1b[39m\x1b[22m\x1b[2mcd\x1b[22m');
});

test('a line that is too long is cut once, and each part keeps its style', (t) => {
	const spans = [{ text: 'abc', bold: true }, { text: 'def', dim: true }, { text: 'ghi' }] as const;
	t.is(styledLine(spans, 9), '\x1b[1mabc\x1b[22m\x1b[2mdef\x1b[22mghi');
	t.is(styledLine(spans, 5), '\x1b[1mabc\x1b[22m\x1b[2md…\x1b[22m');
	t.is(styledLine(spans, 4), '\x1b[1mabc\x1b[22m\x1b[2m…\x1b[22m');
	t.is(styledLine(spans, 3), '\x1b[1mab…\x1b[22m');
	t.is(styledLine(spans, 0), '');
});

test('lines stand beside each other in their own columns', (t) => {
	const { lastFrame, unmount } = render(
		<Box>
			<Line columns={5} spans={[{ text: '日' }]} />
			<Line columns={0} spans={[{ text: 'never' }]} />
			<Line columns={3} spans={[{ text: 'abcd' }]} />
		</Box>,
	);
	t.is(lastFrame(), '日   ab…');
	unmount();
});
