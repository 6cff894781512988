import test from 'ava';
import { BugError } from '../../../src/core/errors.js';
import { createJsonReporter } from '../../../src/tui/reporters/json.js';
import { MemoryStream } from './memory-stream.js';

function setUp(quiet = false) {
	const stdout = new MemoryStream();
	const stderr = new MemoryStream();
	return { stdout, stderr, reporter: createJsonReporter({ stdout, stderr, quiet }) };
}

test('a whole run is one JSON object per line on stdout, and nothing on stderr', (t) => {
	const { stdout, stderr, reporter } = setUp();
	reporter.progress({ phase: 'upload', done: 1, total: null });
	reporter.note('looking for cameras');
	reporter.warn('no token');
	reporter.event('listening', { url: 'http://127.0.0.1:7400', page: undefined });
	reporter.result({ accepted: 2n, psnr: Number.NaN }, 'text for people');
	t.deepEqual(stdout.lines, [
		'{"event":"progress","phase":"upload","done":1,"total":null}',
		'{"event":"note","message":"looking for cameras"}',
		'{"event":"warning","message":"no token"}',
		'{"event":"listening","url":"http://127.0.0.1:7400"}',
		'{"event":"result","accepted":"2","psnr":null}',
	]);
	t.is(stderr.text, '');
});

test('an error says code, message and hint; hint is null when there is none', (t) => {
	const first = setUp();
	first.reporter.error({ code: 'no-camera', message: 'no camera', hint: 'plug one in' });
	t.is(first.stdout.text, '{"event":"error","code":"no-camera","message":"no camera","hint":"plug one in"}\n');
	const second = setUp();
	second.reporter.error({ code: 'bug', message: 'm', debug: 'stack' });
	t.is(second.stdout.text, '{"event":"error","code":"bug","message":"m","hint":null,"debug":"stack"}\n');
});

test('a second ending is a bug of ours, and writes nothing', (t) => {
	const { stdout, reporter } = setUp();
	reporter.result({ count: 1 }, '');
	t.throws(() => reporter.result({ count: 2 }, ''), { instanceOf: BugError, code: 'second-ending' });
	t.throws(() => reporter.error({ code: 'late', message: 'm' }), {
		instanceOf: BugError,
		message: /error "late" after result/,
	});
	t.is(stdout.lines.length, 1);
});

test('what comes after the end is dropped', (t) => {
	const { stdout, reporter } = setUp();
	reporter.error({ code: 'x', message: 'm' });
	reporter.progress({ phase: 'upload', done: 1, total: 2 });
	reporter.note('n');
	reporter.warn('w');
	reporter.event('tick', {});
	t.is(stdout.lines.length, 1);
});

for (const name of ['result', 'error', 'progress', 'note', 'warning']) {
	test(`event("${name}") is refused`, (t) => {
		t.throws(() => setUp().reporter.event(name, {}), { instanceOf: BugError, code: 'reserved-event' });
	});
}

test('a field called event cannot pose as another line', (t) => {
	const { stdout, reporter } = setUp();
	reporter.event('frame', { event: 'result', n: 1 });
	t.is(stdout.text, '{"event":"frame","n":1}\n');
});

test('quiet drops progress and notes, and keeps warnings, events and the result', (t) => {
	const { stdout, reporter } = setUp(true);
	reporter.progress({ phase: 'upload', done: 1, total: 2 });
	reporter.note('n');
	reporter.warn('w');
	reporter.event('listening', {});
	reporter.result({}, '');
	t.deepEqual(
		stdout.lines.map((line) => JSON.parse(line).event),
		['warning', 'listening', 'result'],
	);
});
