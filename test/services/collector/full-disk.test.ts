import { join } from 'node:path';
import test from 'ava';
import { getJson, jsonOf, putReport, send } from '../../helpers/http.js';
import { onePixel, reportId } from '../../helpers/reports.js';
import { cliPath, startCli, startProgram } from '../../helpers/run-cli.js';
import { temporaryFolder } from '../../helpers/temp-folder.js';

test('a collector whose files can grow no more says so, keeps what it acknowledged, and goes on elsewhere', async (t) => {
	const store = join(await temporaryFolder(t), 'room.db');
	const args = ['collect', '--json', '--port', '0', '--size', '8x8', '--min-batch', '3', '--store', store];
	// a limit on the size of files needs no rights and no file system of its own
	const limited = startProgram(t, 'sh', [
		'-c',
		'ulimit -S -f 1000; exec "$@"',
		'sh',
		process.execPath,
		cliPath,
		...args,
	]);
	const url = String((await limited.until('listening')).url);
	t.is((await send(url, 'GET', '/healthz')).status, 200);
	let accepted = 0;
	let refused = await putReport(url, reportId(accepted), onePixel(accepted % 64));
	while (refused.status === 201) refused = await putReport(url, reportId(++accepted), onePixel(accepted % 64));
	t.true(accepted >= 3, `${accepted} were accepted before`);
	t.is(refused.status, 503);
	t.true(Number(refused.headers['retry-after']) >= 1);
	t.like(jsonOf(refused), { error: 'store failed' });
	t.notRegex(refused.body.toString(), /room\.db/, 'clients need not know where the store lies');
	// what is held is known, and shown
	t.is((await putReport(url, reportId(0), onePixel(0))).status, 200);
	t.is((await send(url, 'GET', '/v1/sessions/room/average.png')).status, 200);
	t.like(await getJson(url, '/v1/sessions/room/session'), { count: accepted });
	const health = await send(url, 'GET', '/healthz');
	t.is(health.status, 503);
	t.regex(String(jsonOf(health).status), /^store-[a-z]+$/, 'anybody may ask for it, so it names no file');
	t.is((await limited.end()).code, 130);

	const free = startCli(t, args);
	const again = await free.until('listening');
	t.is(again.count, accepted);
	for (let n = 0; n <= accepted + 20; n++) {
		const { status } = await putReport(String(again.url), reportId(n), onePixel(n % 64));
		t.is(status, n < accepted ? 200 : 201, `report ${n}`);
	}
	t.like((await free.end()).events.at(-1) ?? {}, { count: accepted + 21 });
});
