import test from 'ava';
import { dashboardObstacle } from '../../src/tui/obstacle.js';

const on = { isTTY: true };
const off = {};

test('a dashboard needs three terminals that can move a cursor', (t) => {
	const env = { TERM: 'xterm' };
	t.is(dashboardObstacle({ stdin: on, stdout: on, stderr: on }, env), null);
	t.is(dashboardObstacle({ stdin: off, stdout: on, stderr: on }, env), 'stdin is not a terminal');
	t.is(dashboardObstacle({ stdin: on, stdout: off, stderr: off }, env), 'stdout is not a terminal');
	t.is(dashboardObstacle({ stdin: on, stdout: on, stderr: off }, env), 'stderr is not a terminal');
	t.is(dashboardObstacle({ stdin: on, stdout: on, stderr: on }, { TERM: 'dumb' }), 'the terminal is dumb (TERM=dumb)');
});
