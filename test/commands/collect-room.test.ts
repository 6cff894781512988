import { X509Certificate } from 'node:crypto';
import { readFile, stat, writeFile } from 'node:fs/promises';
import type { NetworkInterfaceInfo } from 'node:os';
import { join } from 'node:path';
import test from 'ava';
import jsqr from 'jsqr';
import { codeLines } from '../../src/commands/code-lines.js';
import { pageAddress, withToken } from '../../src/commands/collect-room.js';
import { lanAddresses } from '../../src/commands/lan-addresses.js';
import { UserError } from '../../src/core/errors.js';
import { endingOf, runCli, startCli } from '../helpers/run-cli.js';
import { temporaryFolder } from '../helpers/temp-folder.js';

const SMALL = ['collect', '--room', '--json', '--port', '0', '--size', '8x8', '--min-batch', '2'];

test('--room listens on all addresses with TLS and a kept token, and tells an address that leads here', async (t) => {
	const cwd = await temporaryFolder(t);
	const run = startCli(t, SMALL, { cwd });
	const { url, page, tokenFile } = await run.until('listening');
	const { port } = new URL(String(url));
	t.is(url, `https://0.0.0.0:${port}`);
	const [address = 'localhost'] = lanAddresses();
	t.is(page, `https://${address.includes(':') ? `[${address}]` : address}:${port}/`);
	t.is(tokenFile, './room.db.token');
	const token = (await readFile(join(cwd, 'room.db.token'), 'utf8')).trim();
	t.regex(token, /^[\w-]{22}$/);
	t.is((await stat(join(cwd, 'room.db.token'))).mode & 0o777, 0o600);
	const { subjectAltName = '' } = new X509Certificate(await readFile(join(cwd, 'room.db.tls.pem')));
	for (const name of ['localhost', ...lanAddresses().filter((one) => !one.includes(':'))]) {
		t.true(subjectAltName.includes(name), `${name} in ${subjectAltName}`);
	}
	const { stdout, stderr } = await run.end();
	t.false(`${stdout}${stderr}`.includes(token), 'the token is in no log');

	const again = startCli(t, SMALL, { cwd });
	await again.until('listening');
	await again.end();
	t.is((await readFile(join(cwd, 'room.db.token'), 'utf8')).trim(), token);
});

test('--room leaves what is given: a host, a token, a page behind a proxy', async (t) => {
	const cwd = await temporaryFolder(t);
	const run = startCli(
		t,
		[...SMALL, '--host', '127.0.0.1', '--tls', 'off', '--token', 'mine', '--page', 'https://room.example'],
		{ cwd },
	);
	const { url, page, tokenFile } = await run.until('listening');
	t.regex(String(url), /^http:\/\/127\.0\.0\.1:/);
	t.is(page, 'https://room.example/');
	t.is(tokenFile, undefined);
	await run.end();
});

test('a token file that holds something else is refused by name', async (t) => {
	const cwd = await temporaryFolder(t);
	await writeFile(join(cwd, 'room.db.token'), 'short\n');
	const result = await runCli(t, SMALL, { cwd });
	t.is(result.code, 3);
	t.like(endingOf(t, result), { code: 'bad-token-file', message: './room.db.token: holds no token of ours' });
});

test('the address for people is never that of all addresses', (t) => {
	t.notRegex(pageAddress('https://0.0.0.0:7400', '0.0.0.0', undefined), /0\.0\.0\.0/);
	t.is(pageAddress('http://127.0.0.1:7400', '127.0.0.1', undefined), 'http://127.0.0.1:7400/');
	t.is(pageAddress('', '', 'https://room.example/a'), 'https://room.example/a');
	for (const wrong of ['room.example', 'ftp://room.example', 'https://room.example/#x', 'https://room.example/?x=1']) {
		t.throws(
			() => pageAddress('', '', wrong),
			{ instanceOf: UserError, message: /--page: expected an address/ },
			wrong,
		);
	}
});

test('addresses of a room come before those of containers and tunnels', (t) => {
	const at = (address: string, more: Partial<NetworkInterfaceInfo> = {}): NetworkInterfaceInfo =>
		({ address, internal: false, family: address.includes(':') ? 'IPv6' : 'IPv4', ...more }) as NetworkInterfaceInfo;
	const found = lanAddresses({
		lo: [at('127.0.0.1', { internal: true })],
		docker0: [at('172.17.0.1')],
		tun0: [at('10.8.0.2')],
		eth0: [at('fe80::1', { scopeid: 2 } as Partial<NetworkInterfaceInfo>), at('2001:db8::7'), at('203.0.113.9')],
		wlan0: [at('192.168.1.20')],
	});
	t.deepEqual(found, ['192.168.1.20', '203.0.113.9', '2001:db8::7', '172.17.0.1', '10.8.0.2']);
});

for (const withColour of [true, false]) {
	test(`a QR reader reads the code of the terminal ${withColour ? 'with' : 'without'} colours`, (t) => {
		const address = withToken('https://192.168.100.100:7400/', 'AbCdEfGhIjKlMnOpQrStUv');
		const lines = codeLines(address, withColour);
		// what fits beside the facts of a dashboard of 80 columns and 24 rows
		t.true(lines.length <= 17, `${lines.length} rows`);
		t.is(jsqr.default(...rgbaOf(lines, withColour))?.data, address);
	});
}

/** The picture that a terminal shows: white is drawn ground, or ink where there are no colours. */
function rgbaOf(lines: readonly string[], withColour: boolean): [Uint8ClampedArray, number, number] {
	// biome-ignore lint/suspicious/noControlCharactersInRegex: the colours of the terminal begin with one
	const rows = lines.map((line) => line.replace(/\u001b\[[\d;]*m/g, ''));
	const side = 4;
	const width = rows[0].length * side;
	const height = rows.length * 2 * side;
	const pixels = new Uint8ClampedArray(width * height * 4).fill(255);
	for (let y = 0; y < height; y++) {
		for (let x = 0; x < width; x++) {
			const cell = rows[Math.floor(y / side / 2)][Math.floor(x / side)];
			const inked = cell === '█' || cell === (Math.floor(y / side) % 2 === 0 ? '▀' : '▄');
			pixels.fill(inked === withColour ? 0 : 255, (y * width + x) * 4, (y * width + x) * 4 + 3);
		}
	}
	return [pixels, width, height];
}

test('--page that is no address, and a token that cannot be sent, write no file', async (t) => {
	const cwd = await temporaryFolder(t);
	for (const wrong of [
		['--page', 'room'],
		['--token', 'two words'],
	]) {
		const result = await runCli(t, [...SMALL, ...wrong], { cwd });
		t.is(result.code, 2);
	}
	await t.throwsAsync(stat(join(cwd, 'room.db')));
});

test('--open hands the browser a file that only this user may read, and removes it at the end', async (t) => {
	const cwd = await temporaryFolder(t);
	const opened = join(cwd, 'opened.txt');
	await writeFile(
		join(cwd, 'xdg-open'),
		`#!/bin/sh\nprintf '%s\\n' "$1" >'${opened}.new'\nstat -c %a "\${1#file://}" >>'${opened}.new'\ncat "\${1#file://}" >>'${opened}.new'\nmv '${opened}.new' '${opened}'\n`,
		{ mode: 0o755 },
	);
	const run = startCli(t, [...SMALL, '--open'], { cwd, env: { PATH: `${cwd}:${process.env.PATH}` } });
	const { url } = await run.until('listening');
	const text = await (async () => {
		for (;;) {
			const found = await readFile(opened, 'utf8').catch(() => null);
			if (found !== null) return found;
			await new Promise((resolve) => setTimeout(resolve, 20));
		}
	})();
	const token = (await readFile(join(cwd, 'room.db.token'), 'utf8')).trim();
	const [address, mode, html] = text.split('\n');
	t.is(address, `file://${join(cwd, 'room.db.wall.html')}`);
	t.is(mode, '600');
	t.true(html.includes(`url=https://localhost:${new URL(String(url)).port}/wall#${token}"`));
	await run.end();
	await t.throwsAsync(stat(join(cwd, 'room.db.wall.html')));
});
