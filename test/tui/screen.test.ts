import { EventEmitter } from 'node:events';
import { setImmediate as nextTurn } from 'node:timers/promises';
import test from 'ava';
import { createScreen, type ScreenMode } from '../../src/tui/screen.js';

class FakeTerminal extends EventEmitter {
	rows = 10;
	writableNeedDrain = false;
	text = '';

	write(text: string): boolean {
		this.text += text;
		return true;
	}

	/** What was written since the last call, without the marks around an update. */
	take(): string {
		const text = this.text.replaceAll('\x1b[?2026h', '').replaceAll('\x1b[?2026l', '');
		this.text = '';
		return text;
	}
}

function setUp(mode: ScreenMode, expand?: (line: string) => string) {
	const stream = new FakeTerminal();
	const screen = createScreen({ stream, mode, ...(expand === undefined ? {} : { expand }) });
	const show = async (frame: string): Promise<string> => {
		screen.show(frame);
		await nextTurn();
		return stream.take();
	};
	return { stream, screen, show };
}

test('a full screen is entered, painted and given back', async (t) => {
	const { stream, screen, show } = setUp('full');
	t.is(stream.take(), '\x1b[?1049h\x1b[?25l\x1b[?7l');
	t.is(await show('a\nb'), '\x1b[2J\x1b[1;1H\x1b[2Ka\x1b[0m\x1b[2;1H\x1b[2Kb\x1b[0m');
	screen.restore();
	t.is(stream.take(), '\x1b[?1049l\x1b[0m\x1b[?7h\x1b[?25h');
	screen.restore();
	t.is(await show('c'), '');
	t.is(stream.listenerCount('resize') + stream.listenerCount('drain'), 0);
});

test('only changed lines are painted, and an equal frame paints nothing', async (t) => {
	const { show } = setUp('full');
	await show('a\nb\nc');
	t.is(await show('a\nX\nc'), '\x1b[2;1H\x1b[2KX\x1b[0m');
	t.is(await show('a\nX\nc'), '');
	t.is(await show('a'), '\x1b[2;1H\x1b[J');
});

test('of several frames in one turn only the last is painted', async (t) => {
	const { screen, show } = setUp('full');
	await show('a');
	screen.show('b');
	t.is(await show('c'), '\x1b[1;1H\x1b[2Kc\x1b[0m');
});

test('a resized terminal is cleared and painted whole, no line beyond its last row', async (t) => {
	const { stream, show } = setUp('full');
	await show('a\nb\nc');
	stream.rows = 2;
	stream.emit('resize');
	await nextTurn();
	t.is(stream.take(), '\x1b[2J\x1b[1;1H\x1b[2Ka\x1b[0m\x1b[2;1H\x1b[2Kb\x1b[0m');
});

test('a terminal that cannot keep up gets the newest frame once it can', async (t) => {
	const { stream, show } = setUp('full');
	await show('a');
	stream.writableNeedDrain = true;
	t.is(await show('b'), '');
	t.is(await show('c'), '');
	stream.writableNeedDrain = false;
	stream.emit('drain');
	await nextTurn();
	t.is(stream.take(), '\x1b[1;1H\x1b[2Kc\x1b[0m');
});

test('repaint draws what another program wrote over; refresh draws what expands differently', async (t) => {
	let word = 'one';
	const { stream, screen, show } = setUp('full', (line) => line.replace('?', word));
	t.true((await show('?\nb')).includes('one'));
	word = 'two';
	screen.refresh();
	await nextTurn();
	t.is(stream.take(), '\x1b[1;1H\x1b[2Ktwo\x1b[0m');
	screen.repaint();
	await nextTurn();
	t.is(stream.take(), '\x1b[2J\x1b[1;1H\x1b[2Ktwo\x1b[0m\x1b[2;1H\x1b[2Kb\x1b[0m');
});

test('inline, the block is written over in place and its last frame stays', async (t) => {
	const { stream, screen, show } = setUp('inline');
	t.is(stream.take(), '\x1b[?25l\x1b[?7l');
	t.is(await show('a\nb'), '\r\x1b[2Ka\x1b[0m\r\n\x1b[2Kb\x1b[0m');
	t.is(await show('c'), '\r\x1b[1A\x1b[2Kc\x1b[0m\x1b[J');
	screen.show('d');
	screen.restore();
	t.is(stream.take(), '\r\x1b[2Kd\x1b[0m\r\n\x1b[0m\x1b[?7h\x1b[?25h');
});
