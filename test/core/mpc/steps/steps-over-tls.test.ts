import { join } from 'node:path';
import test, { type ExecutionContext } from 'ava';
import type { Party } from '../../../../src/core/mpc/party.js';
import { PARTIES, type PartyIndex } from '../../../../src/core/mpc/party-index.js';
import type { Replicated } from '../../../../src/core/mpc/shares.js';
import { inSequence } from '../../../../src/core/mpc/step-cost.js';
import { runAveragePool } from '../../../../src/core/mpc/steps/average-pool.js';
import { runLinearSecret } from '../../../../src/core/mpc/steps/linear-secret.js';
import { runMax } from '../../../../src/core/mpc/steps/max.js';
import { runMaxPool } from '../../../../src/core/mpc/steps/max-pool.js';
import { openAdditiveToClient, openToClient } from '../../../../src/core/mpc/steps/open-to-client.js';
import { runRelu } from '../../../../src/core/mpc/steps/relu.js';
import { runReshare } from '../../../../src/core/mpc/steps/reshare.js';
import { runSelect } from '../../../../src/core/mpc/steps/select.js';
import { runCompareInputs } from '../../../../src/core/mpc/steps/share-input.js';
import { runSign } from '../../../../src/core/mpc/steps/sign.js';
import { runTruncate, runTruncateAdditive } from '../../../../src/core/mpc/steps/truncate.js';
import { createTlsTransport, type TlsTransport } from '../../../../src/core/mpc/transport/tls-transport.js';
import { createLocalParties } from '../../../../src/services/party/local-parties.js';
import { temporaryFolder } from '../../../helpers/temp-folder.js';
import { createThreeParties, runAll, seededWords, shareOut, type ThreeParties, testStreams } from '../three-parties.js';

const COUNT = 162;
const WINDOW = { from: 8, to: 28 };
const POOL = {
	channels: 2,
	height: 9,
	width: 9,
	kernelHeight: 3,
	kernelWidth: 3,
	strideY: 2,
	strideX: 2,
	dilationY: 1,
	dilationX: 1,
	padTop: 1,
	padLeft: 1,
	outHeight: 5,
	outWidth: 5,
};

/** What a party holds afterwards, whatever its form. */
const steps: Readonly<Record<string, (party: Party, x: Replicated) => Promise<unknown> | unknown>> = {
	sign: (party, x) => runSign(party, x, WINDOW),
	select: async (party, x) => runSelect(party, x, await runSign(party, x, WINDOW), { f: 7 }),
	relu: (party, x) => runRelu(party, x, { window: WINDOW, f: 8 }),
	truncate: (party, x) => runTruncate(party, x, { f: 12, refresh: true }),
	'truncate from additive': (party, x) => runTruncateAdditive(party, { own: x.first }, { f: 12 }),
	reshare: (party, x) => runReshare(party, { own: x.first }),
	max: (party, x) => runMax(party, x, { first: x.second, second: x.first }, { from: 0, to: 32 }),
	'max-pool': (party, x) => runMaxPool(party, x, { window: POOL, sign: { from: 0, to: 30 } }),
	'average-pool': (party, x) => runAveragePool(party, x, { window: POOL, factor: { multiplier: 7282, f: 16 } }),
	'linear with secret weights, reshared': (party, x) => {
		const bias = { first: x.first.subarray(0, 1), second: x.second.subarray(0, 1) };
		const shape = { kind: 'product', product: { rows: 1, inner: COUNT, columns: 1 } } as const;
		return runReshare(party, runLinearSecret(party, x, { shape, weights: x, bias }));
	},
	'comparing inputs': (party, x) =>
		runCompareInputs(party, { first: { words: x.first.slice() }, second: { words: x.second.slice() } }),
	'opening to the client': (party, x) => openToClient(party, x),
	'opening an additive value': (party, x) => openAdditiveToClient(party, { own: x.first }),
};

async function linkedTransports(t: ExecutionContext): Promise<readonly TlsTransport[]> {
	const { configs } = await createLocalParties(join(await temporaryFolder(t), 'parties'), 0);
	const transports = await Promise.all(
		configs.map(({ index, keyPem, peers }) =>
			createTlsTransport({ index, keyPem, peers, maxMessageBytes: 1_000_000, timeoutMs: 20_000 }),
		),
	);
	t.teardown(() => Promise.all(transports.map((transport) => transport.close())));
	await Promise.all(transports.map((transport) => transport.connected(60_000)));
	return transports;
}

async function runOver(three: ThreeParties, program: (party: Party, x: Replicated) => unknown): Promise<unknown[]> {
	const x = shareOut(
		three,
		seededWords(COUNT, 9).map((word) => word >> 6),
	);
	const held = await runAll(three, async (party) => program(party, x[party.index]));
	// views on the arena become plain bytes
	return held.map((result) => JSON.parse(JSON.stringify(result ?? null)));
}

test('over TLS every step leaves each party with what it leaves over memory, and sends as many bytes', async (t) => {
	const transports = await linkedTransports(t);
	for (const [at, [name, program]] of Object.entries(steps).entries()) {
		const inMemory = createThreeParties();
		const expected = await runOver(inMemory, program);
		const attempt = at.toString(16).padStart(32, '0');
		const channels = transports.map((transport) => transport.openAttempt(attempt, { maxQueuedBytes: 1_000_000 }));
		const overTls = createThreeParties();
		const withChannel = (index: PartyIndex): Party => ({
			...overTls.parties[index],
			streams: testStreams(index),
			channel: channels[index],
		});
		const parties = [withChannel(0), withChannel(1), withChannel(2)] as const;
		t.deepEqual(await runOver({ ...overTls, parties }, program), expected, name);
		t.deepEqual(overTls.transport.messages, [], name);
		const { bytesByParty } = inSequence(parties[0].counter.steps.map(({ cost }) => cost));
		t.deepEqual(
			PARTIES.map((party) => channels[party].sentBytes),
			bytesByParty,
			name,
		);
		for (const transport of transports) transport.closeAttempt(attempt);
	}
});
