import { existsSync } from 'node:fs';
import { readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import test from 'ava';
import { DataError } from '../../../src/core/errors.js';
import { createReportSeed } from '../../../src/services/client/report-seed.js';
import { openResumeFile } from '../../../src/services/client/resume-file.js';
import { temporaryFolder } from '../../helpers/temp-folder.js';

const run = { url: 'http://127.0.0.1:7400', session: 'room', sources: ['faces', 'a.jpg'], total: 40 };
const secret = (byte: number): Uint8Array => new Uint8Array(32).fill(byte);

test('a run goes on with its own secret from where it was', async (t) => {
	const file = join(await temporaryFolder(t), 'run.json');
	const first = openResumeFile(file, run, secret(1));
	t.deepEqual([first.continues, first.settledCount], [false, 0]);
	first.save(17);
	const second = openResumeFile(file, run, secret(2));
	t.deepEqual([second.continues, second.settledCount, second.secret], [true, 17, secret(1)]);
	t.is((await stat(file)).mode & 0o777, 0o600);
	second.remove();
	t.false(existsSync(file));
	t.deepEqual(openResumeFile(file, run, secret(3)).secret, secret(3));
});

for (const [name, changed] of Object.entries({
	url: { url: 'http://127.0.0.1:7401' },
	session: { session: 'hall' },
	sources: { sources: ['a.jpg', 'faces'] },
	total: { total: 41 },
})) {
	test(`the file of a run with another ${name} is refused, and kept`, async (t) => {
		const file = join(await temporaryFolder(t), 'run.json');
		openResumeFile(file, run, secret(1));
		const before = await readFile(file, 'utf8');
		t.throws(() => openResumeFile(file, { ...run, ...changed }, secret(2)), {
			instanceOf: DataError,
			code: 'other-run',
			message: `${file}: belongs to a run with another ${name}`,
		});
		t.is(await readFile(file, 'utf8'), before);
	});
}

const foreign: Record<string, (good: string) => string> = {
	'an empty file': () => '',
	'a text': () => 'Dear diary',
	'a JSON null': () => 'null',
	'a JSON list': () => '[1,2]',
	'a JSON object of somebody else': () => '{"name":"veilcam"}',
	'a file of a later version': (good) => good.replace('"version":1', '"version":2'),
	'a short secret': (good) => good.replace(/"secret":"../, '"secret":"'),
	'a secret that is no hexadecimal': (good) => good.replace(/"secret":"../, '"secret":"zz'),
	'a negative count': (good) => good.replace('"settledCount":0', '"settledCount":-1'),
	'half a report': (good) => good.replace('"settledCount":0', '"settledCount":0.5'),
	'a truncated file': (good) => good.slice(0, -20),
};

for (const [what, spoil] of Object.entries(foreign)) {
	test(`${what} is refused as a resume file, and kept`, async (t) => {
		const file = join(await temporaryFolder(t), 'run.json');
		openResumeFile(file, run, secret(1));
		await writeFile(file, spoil(await readFile(file, 'utf8')));
		const before = await readFile(file, 'utf8');
		t.throws(() => openResumeFile(file, run, secret(2)), { instanceOf: DataError, code: 'not-a-resume-file' });
		t.is(await readFile(file, 'utf8'), before);
	});
}

test('a resume file that cannot be written is refused before anything is sent', async (t) => {
	const file = join(await temporaryFolder(t), 'none', 'run.json');
	t.throws(() => openResumeFile(file, run, secret(1)), { instanceOf: DataError, code: 'resume-not-written' });
});

test('ids and noise follow from the secret and the number of the report, and from nothing else', (t) => {
	const [a, again, other] = [createReportSeed(secret(1)), createReportSeed(secret(1)), createReportSeed(secret(2))];
	const noise = (seed: typeof a, number: number, ...lengths: number[]): string => {
		const source = seed.noiseOf(number);
		return lengths
			.map((length) => {
				const bytes = new Uint8Array(length);
				source.fillInto(bytes);
				return Buffer.from(bytes).toString('hex');
			})
			.join('');
	};
	t.is(a.idOf(5), again.idOf(5));
	t.regex(a.idOf(0), /^[0-9a-f]{32}$/);
	const ids = new Set([0, 1, 2, 10, 11].flatMap((number) => [a.idOf(number), other.idOf(number)]));
	t.is(ids.size, 10);
	t.is(noise(a, 3, 100), noise(again, 3, 40, 60));
	t.not(noise(a, 3, 32), noise(a, 4, 32));
	t.not(noise(a, 3, 32), noise(other, 3, 32));
	t.false(noise(a, 3, 32).includes(a.idOf(3)));
});
