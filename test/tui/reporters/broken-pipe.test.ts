import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { Writable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import test from 'ava';
import { createReporter } from '../../../src/tui/reporters/create-reporter.js';
import type { LostOutput } from '../../../src/tui/reporters/reporter.js';
import { MemoryStream } from './memory-stream.js';

const driver = fileURLToPath(new URL('../fixtures/chatty-driver.js', import.meta.url));

for (const face of ['json', 'plain']) {
	test(`a reader that goes away ends nothing and shows no stack (${face})`, async (t) => {
		const child = spawn(process.execPath, [driver, face], { stdio: ['ignore', 'pipe', 'pipe', 'ipc'] });
		if (child.stdout === null || child.stderr === null) {
			return t.fail('no pipes');
		}
		child.stdout.destroy();
		const aside: Buffer[] = [];
		child.stderr.on('data', (chunk: Buffer) => aside.push(chunk));
		child.send('go');
		const [code] = await once(child, 'close');
		t.is(code, 0);
		t.regex(Buffer.concat(aside).toString(), /^lost stdout, broken pipe: true\n$/);
	});
}

test('each stream is reported lost once, and nothing is written to it afterwards', async (t) => {
	let writes = 0;
	const full = new Writable({
		autoDestroy: false,
		write(_chunk, _encoding, callback) {
			writes++;
			callback(Object.assign(new Error('no space'), { code: 'ENOSPC' }));
		},
	});
	const losses: LostOutput[] = [];
	const reporter = createReporter({
		json: true,
		stdout: full,
		stderr: new MemoryStream(),
		nowMs: () => 0,
		onOutputLost: (lost) => losses.push(lost),
	});
	reporter.note('one');
	await once(full, 'error');
	reporter.note('two');
	reporter.result({}, '');
	t.is(writes, 1);
	t.deepEqual(
		losses.map(({ stream, brokenPipe, error }) => [stream, brokenPipe, error.message]),
		[['stdout', false, 'no space']],
	);
});
