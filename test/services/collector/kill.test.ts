import { Agent } from 'node:http';
import { join } from 'node:path';
import test from 'ava';
import { parseSessionParameters } from '../../../src/core/average/session.js';
import { openStore } from '../../../src/services/collector/store.js';
import { seededRandom } from '../../core/average/keystream.js';
import { getJson, putReport } from '../../helpers/http.js';
import { onePixel, reportId } from '../../helpers/reports.js';
import { startCli } from '../../helpers/run-cli.js';
import { temporaryFolder } from '../../helpers/temp-folder.js';

const KILLS = 30;
const SIDE = 128;
const CLIENTS = 24;
const MIN_BATCH = 7;

test('thirty kills under load lose nothing that was acknowledged, and count nothing twice', async (t) => {
	t.timeout(300_000);
	const storeFile = join(await temporaryFolder(t), 'room.db');
	const random = seededRandom(30);
	const below = (limit: number): number => {
		const bytes = new Uint8Array(4);
		random.fillInto(bytes);
		return new DataView(bytes.buffer).getUint32(0) % limit;
	};
	const args = ['collect', '--json', '--port', '0', '--store', storeFile, '--size', `${SIDE}x${SIDE}`];
	args.push('--min-batch', String(MIN_BATCH));

	/** Reports that were sent and not confirmed. */
	const unconfirmed: number[] = [];
	const tried = new Set<number>();
	const confirmed = new Set<number>();
	let next = 0;
	let lastRelease = 0;

	/** Clients send, the unconfirmed reports first, until the collector is gone or `goal` more reports are confirmed. */
	const load = async (url: string, goal: number, onGoal: () => void): Promise<void> => {
		const agent = new Agent({ keepAlive: true, maxSockets: CLIENTS });
		let isGone = false;
		let left = goal;
		const client = async (): Promise<void> => {
			while (!isGone && (unconfirmed.length > 0 || (goal !== Number.POSITIVE_INFINITY && next < SIDE * SIDE))) {
				const number = unconfirmed.shift() ?? next++;
				const isFirstTry = !tried.has(number);
				tried.add(number);
				try {
					const { status } = await putReport(url, reportId(number), onePixel(number, SIDE * SIDE), {}, agent);
					if (status !== 201 && status !== 200) throw new Error(`status ${status}`);
					t.false(isFirstTry && status === 200, `report ${number} was held before it was sent`);
					t.false(confirmed.has(number));
					confirmed.add(number);
					if (--left === 0) onGoal();
				} catch {
					unconfirmed.push(number);
					isGone = true;
				}
			}
		};
		await Promise.all(Array.from({ length: CLIENTS }, client));
		agent.destroy();
	};

	for (let kill = 0; kill < KILLS; kill++) {
		const collector = startCli(t, args);
		const { url } = await collector.until('listening');
		const session = await getJson(String(url), '/v1/sessions/room/session');
		const count = Number(session.count);
		t.true(count >= confirmed.size && count <= tried.size, `${confirmed.size} <= ${count} <= ${tried.size}`);
		t.true(Number(session.releasedCount) >= lastRelease);
		lastRelease = Number(session.releasedCount);
		t.is(lastRelease, count - (count % MIN_BATCH));
		// a moment of its own each time, somewhere in the groups that follow
		await load(String(url), 1 + below(300), () => setTimeout(() => collector.child.kill('SIGKILL'), below(8)));
		await collector.ended;
	}

	const last = startCli(t, args);
	await load(String((await last.until('listening')).url), Number.POSITIVE_INFINITY, () => {});
	const { code } = await last.end();
	t.is(code, 130);
	t.is(unconfirmed.length, 0);
	t.is(confirmed.size, next);
	t.true(next > KILLS * 20, `enough load: ${next} reports`);

	const session = parseSessionParameters({
		name: 'room',
		width: SIDE,
		height: SIDE,
		channels: 1,
		mechanism: { kind: 'one-bit', epsilon: 2 },
		minBatch: MIN_BATCH,
	});
	const store = openStore(storeFile, session, new Date(0));
	const { count, base, recent } = store.current;
	store.close();
	t.is(count, next);
	const sums = [...base].map((sum, i) => sum + recent[i]);
	t.deepEqual(
		sums.flatMap((sum, pixel) => (sum === (pixel < next ? 1 : 0) ? [] : [[pixel, sum]])),
		[],
	);
	t.log(`${next} reports, ${KILLS} kills`);
});
