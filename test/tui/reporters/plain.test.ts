import test from 'ava';
import { BugError } from '../../../src/core/errors.js';
import { createPlainReporter } from '../../../src/tui/reporters/plain.js';
import { progressText } from '../../../src/tui/reporters/progress-lines.js';
import { MemoryStream } from './memory-stream.js';

function setUp({ quiet = false, columns }: { quiet?: boolean; columns?: number } = {}) {
	const stdout = new MemoryStream();
	const stderr = new MemoryStream(columns);
	const clock = { ms: 0 };
	const reporter = createPlainReporter({ stdout, stderr, quiet, nowMs: () => clock.ms });
	const upload = (done: number, total: number | null = 100) => reporter.progress({ phase: 'upload', done, total });
	return { stdout, stderr, clock, reporter, upload };
}

test('the result goes to stdout, all else to stderr', (t) => {
	const { stdout, stderr, reporter } = setUp();
	reporter.note('looking');
	reporter.warn('no token');
	reporter.event('listening', { url: 'http://[::1]:7400', connections: 3, page: undefined, rmse: Number.NaN });
	reporter.result({ count: 2 }, 'average of 2\nout.png');
	t.is(stdout.text, 'average of 2\nout.png\n');
	t.deepEqual(stderr.lines, [
		'looking',
		'veilcam: warning: no token',
		'listening: url http://[::1]:7400, connections 3, rmse null',
	]);
});

test('an error is one line and one line of hint', (t) => {
	const { stdout, stderr, reporter } = setUp();
	reporter.error({ code: 'not-a-picture', message: 'a.txt: not a picture', hint: 'Give a JPEG or PNG.' });
	t.is(stderr.text, 'veilcam: a.txt: not a picture\n  Give a JPEG or PNG.\n');
	t.is(stdout.text, '');
});

test('the stack is printed when it is given', (t) => {
	const { stderr, reporter } = setUp();
	reporter.error({ code: 'bug', message: 'm', debug: 'Error: m\n    at f' });
	t.true(stderr.text.includes('at f'));
});

test('a second ending is a bug of ours', (t) => {
	const { reporter } = setUp();
	reporter.result({}, 'x');
	t.throws(() => reporter.error({ code: 'c', message: 'm' }), { instanceOf: BugError, code: 'second-ending' });
});

test('an empty result text prints no empty line', (t) => {
	const { stdout, reporter } = setUp();
	reporter.result({}, '');
	t.is(stdout.text, '');
});

test('in a file at most two progress lines a second appear, the last one of each phase always', (t) => {
	const { stderr, clock, reporter, upload } = setUp();
	for (let done = 0; done < 95; done++) {
		clock.ms = done * 10;
		upload(done);
	}
	reporter.progress({ phase: 'average', done: 0, total: null });
	reporter.progress({ phase: 'average', done: 5, total: null });
	reporter.result({}, '');
	t.deepEqual(stderr.lines, [
		'upload 0 of 100 (0 %)',
		'upload 50 of 100 (50 %)',
		'upload 94 of 100 (94 %)',
		'average 0',
		'average 5',
	]);
});

test('the end of a phase is shown at once, and once', (t) => {
	const { stderr, reporter, upload } = setUp();
	upload(1);
	upload(100);
	upload(100);
	reporter.result({}, '');
	t.deepEqual(stderr.lines, ['upload 1 of 100 (1 %)', 'upload 100 of 100 (100 %)']);
});

test('a failed run shows how far it came', (t) => {
	const { stderr, reporter, upload } = setUp();
	upload(1);
	upload(2);
	reporter.error({ code: 'c', message: 'm' });
	t.deepEqual(stderr.lines, ['upload 1 of 100 (1 %)', 'upload 2 of 100 (2 %)', 'veilcam: m']);
});

test('on a terminal one line is written over, and leaves for a warning', (t) => {
	const { stderr, clock, reporter, upload } = setUp({ columns: 80 });
	upload(1);
	clock.ms = 600;
	upload(2);
	reporter.warn('w');
	upload(3);
	reporter.result({}, '');
	const erase = '\r\x1b[2K';
	t.is(
		stderr.text,
		`${erase}upload 1 of 100 (1 %)${erase}upload 2 of 100 (2 %)${erase}veilcam: warning: w\n${erase}upload 3 of 100 (3 %)\n`,
	);
});

test('on a narrow terminal the progress line is cut, for a wrapped line cannot be written over', (t) => {
	const { stderr, upload } = setUp({ columns: 10 });
	upload(1);
	t.is(stderr.text, '\r\x1b[2Kupload 1…');
});

test('quiet drops progress and notes, not warnings, events, errors', (t) => {
	const { stderr, reporter, upload } = setUp({ quiet: true });
	upload(1);
	reporter.note('n');
	reporter.warn('w');
	reporter.event('listening', { url: 'u' });
	reporter.error({ code: 'c', message: 'm' });
	t.deepEqual(stderr.lines, ['veilcam: warning: w', 'listening: url u', 'veilcam: m']);
});

test('escape sequences in foreign text reach neither stream', (t) => {
	const evil = '\x1b]0;x\x07\u009b2J';
	const { stdout, stderr, reporter } = setUp({ columns: 80 });
	reporter.note(evil);
	reporter.warn(evil);
	reporter.event('listening', { url: evil });
	const drawn = stderr.text;
	reporter.result({}, evil);
	for (const text of [drawn, stdout.text]) {
		t.notRegex(text, /[^\P{Cc}\n]/u);
		t.true(text.includes('\\x1b]0;x\\x07\\x9b2J'));
	}
	const failed = setUp();
	failed.reporter.progress({ phase: evil, done: 1, total: null });
	failed.reporter.error({ code: 'c', message: evil, hint: evil, debug: evil });
	t.notRegex(failed.stderr.text, /[^\P{Cc}\n]/u);
});

test('a line break in a message cannot start a message of its own', (t) => {
	const { stderr, reporter } = setUp();
	reporter.warn('a\nveilcam: all is well');
	t.is(stderr.text, 'veilcam: warning: a\n  veilcam: all is well\n');
});

test('100 % is said only when all is done', (t) => {
	t.is(progressText({ phase: 'p', done: 999, total: 1000 }), 'p 999 of 1000 (99 %)');
	t.is(progressText({ phase: 'p', done: 0, total: 0 }), 'p 0 of 0 (100 %)');
});
