import { readdirSync } from 'node:fs';
import test from 'ava';
import { PARTIES } from '../../../src/core/mpc/party-index.js';
import { openFaceGallery } from '../../../src/services/client/face-gallery.js';
import { distancesAt, enrollOnParties } from '../../../src/services/client/gallery-on-parties.js';
import { refreshGallery } from '../../../src/services/client/refresh-gallery.js';
import { openParties } from '../../../src/services/client/run-on-parties.js';
import { createLocalParties } from '../../../src/services/party/local-parties.js';
import { partyFile } from '../../../src/services/party/party-config.js';
import { fieldOf } from '../../../src/services/party/program-fields.js';
import { supervise } from '../../../src/services/party/supervise.js';
import { until } from '../../helpers/http.js';
import { world } from '../../helpers/party-services.js';
import { temporaryFolder } from '../../helpers/temp-folder.js';

const TEMPLATES = 30;
const PIECE = 10;
const faces = Int32Array.from({ length: TEMPLATES * 128 }, (_, i) => ((i * 37) % 201) - 100);
const note = (): void => {};

test('a refresh that ends with a killed party, or with its client, leaves the old shares; the next one comes to its end', async (t) => {
	t.timeout(300_000);
	const folder = await temporaryFolder(t);
	const { client: config } = await createLocalParties(folder, 0, { openDistances: true });
	const supervised = await supervise({
		configFiles: PARTIES.map((party) => partyFile(folder, party)),
		onRestart: () => {},
	});
	t.teardown(() => supervised.close());
	const open = async (signal = world.signal) => {
		const client = await openParties(config, { ...world, signal });
		t.teardown(() => client.close());
		return { client, gallery: await openFaceGallery(client, folder, note) };
	};
	const answers = async ({ client, gallery }: Awaited<ReturnType<typeof open>>) => {
		const places = Array.from({ length: TEMPLATES }, (_, place) => place);
		return (await distancesAt(client, gallery.known, { values: faces.slice(0, 128) }, places)).distances;
	};
	const generationOf = async (client: Awaited<ReturnType<typeof openParties>>) =>
		new Set((await client.ask('GET', '/v1/gallery')).map((state) => fieldOf(state, 'generation')));

	const first = await open();
	const ids = await first.gallery.addAll(Array.from({ length: TEMPLATES }, (_, i) => `n${i}`));
	await enrollOnParties(first.client, 0, faces, ids);
	const inClear = await answers(first);
	const [base] = await generationOf(first.client);

	const killed = await t.throwsAsync(
		refreshGallery(
			first.client,
			String(base),
			(done) => {
				if (done === PIECE) process.kill(supervised.parties.map(({ pid }) => pid)[1], 'SIGKILL');
			},
			PIECE,
		),
	);
	t.regex(String(killed), /party 1/);
	const isLinked = async (): Promise<boolean> => {
		const states = await openParties(config, world).then(
			async (client) => await client.ask('GET', '/v1/status').finally(() => client.close()),
			() => [],
		);
		return states.length === 3 && states.every((state) => !String(fieldOf(state, 'isConnected')).includes('false'));
	};
	await until(isLinked);
	t.deepEqual(await answers(await open()), inClear);

	const leaving = new AbortController();
	const left = await open(leaving.signal);
	const abort = (done: number): void => void (done === PIECE && leaving.abort());
	await t.throwsAsync(refreshGallery(left.client, String(base), abort, PIECE), { any: true, name: 'AbortError' });
	const last = await open();
	t.deepEqual([...(await generationOf(last.client))], [base]);
	t.deepEqual(await answers(last), inClear);
	const told: number[] = [];
	await last.gallery.refresh((done) => told.push(done));
	t.deepEqual(told, [0, TEMPLATES]);
	const after = await generationOf(last.client);
	t.true(after.size === 1 && !after.has(base));
	t.deepEqual(await answers(last), inClear);
	t.deepEqual(
		readdirSync(folder).filter((name) => /fresh|ready|next/.test(name)),
		[],
	);
});
