import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import test from 'ava';
import { BugError } from '../../../src/core/errors.js';
import { readWebPages } from '../../../src/services/collector/web-pages.js';
import { startTestCollector } from '../../helpers/collector.js';
import { send } from '../../helpers/http.js';
import { temporaryFolder } from '../../helpers/temp-folder.js';

test('the page and the wall come without the token, load nothing from elsewhere, and have nothing inline', async (t) => {
	const { url } = await startTestCollector(t, {}, { token: 'secret' });
	for (const address of ['/', '/wall']) {
		const { status, headers, body } = await send(url, 'GET', address);
		const html = body.toString();
		t.is(status, 200);
		const policy = String(headers['content-security-policy']);
		t.notRegex(policy, /unsafe|\*|https?:|data:/);
		t.regex(policy, /default-src 'none'.*script-src 'self'/);
		t.notRegex(html, /\sstyle=|\son\w+=|<style|<script>|secret|\{\{/);
		const links = [...html.matchAll(/(?:src|href)="([^"]*)"/g)].map(([, link]) => link);
		t.is(links.length, 3);
		for (const link of links) {
			t.regex(link, /^\/assets\/[\w-]+-[A-Z0-9]{8}\.(?:js|css|svg)$/);
			const asset = await send(url, 'GET', link);
			t.is(asset.status, 200);
			t.regex(String(asset.headers['cache-control']), /immutable/);
			t.regex(String(asset.headers['content-security-policy']), /default-src 'none'/);
		}
	}
});

test('an asset that there is not is not found, whatever its name', async (t) => {
	const { url } = await startTestCollector(t, {}, { token: 'secret' });
	t.is((await send(url, 'GET', '/assets/page-00000000.js')).status, 404);
	t.is((await send(url, 'GET', '/assets/..%2fpage.html')).status, 401);
	t.is((await send(url, 'GET', '/assets/')).status, 401);
	t.is((await send(url, 'GET', '/wall/more')).status, 401);
});

test('the page tells the session, and the address that people are given', async (t) => {
	const pageOf = (url: string): string => `${url}/?"<&'`;
	const { url } = await startTestCollector(t, { name: 'hall.1' }, { pageOf });
	const html = (await send(url, 'GET', '/')).body.toString();
	t.true(html.includes('<meta name="veilcam-session" content="hall.1">'));
	t.true(html.includes(`<meta name="veilcam-page" content="${url}/?&#34;&#60;&#38;&#39;">`));
	t.true(html.includes('<meta name="veilcam-certificate" content="other">'));
});

test('pages that are not built are a mistake of ours, told with what to do', async (t) => {
	const folder = await temporaryFolder(t);
	t.throws(() => readWebPages(folder), { instanceOf: BugError, code: 'no-web-pages' });
	await mkdir(join(folder, 'assets'));
	await writeFile(join(folder, 'page.html'), '');
	t.throws(() => readWebPages(folder), { message: /the pages for browsers are missing/ });
});
