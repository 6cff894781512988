import test from 'ava';
import fc from 'fast-check';
import { PeerError } from '../../../src/core/errors.js';
import { encodeFrame, FRAME_HEAD_BYTES, type Frame } from '../../../src/core/mpc/transport/frame.js';
import { until } from '../../helpers/http.js';
import { startFrameProxy, type Tampering } from './frame-proxy.js';
import { assertIdle, assertJobWorks, openClient, smallJob, startThree } from './three-parties.js';

const job = smallJob();
/** Far above what a step of a small job takes on a busy machine. */
const STEP_TIMEOUT_MS = 2000;

const changed = (change: (frame: Frame) => Partial<Frame>) => (frame: Frame) => [
	encodeFrame({ ...frame, ...change(frame) }),
];
const withHead = (offset: number, value: number) => (frame: Frame) => {
	const bytes = encodeFrame(frame);
	bytes.writeUInt32BE(value, offset);
	return [bytes];
};
const emptyFrames = (frame: Frame) => {
	const empty = encodeFrame({ ...frame, label: { step: 77, part: 0 }, body: new Uint8Array(0) });
	return [Buffer.concat(Array(400_000).fill(empty))];
};
const MB = new Uint8Array(1_000_000);

/** Each by the number of the frame; most end at once, `silent` ones when a party has waited long enough. */
const tamperings: Readonly<Record<string, Tampering>> = {
	'a short message': { at: 3, send: changed(({ body }) => ({ body: body.subarray(1) })) },
	'a long message': { at: 3, send: changed(({ body }) => ({ body: Buffer.concat([body, MB]) })) },
	'an empty first message': { at: 0, send: changed(() => ({ body: new Uint8Array(0) })) },
	'a message of a later step': { at: 5, send: changed(({ label }) => ({ label: { ...label, step: label.step + 1 } })) },
	'a message of another part': { at: 5, send: changed(({ label }) => ({ label: { ...label, part: 9 } })) },
	'a message twice': { at: 4, send: (frame) => [encodeFrame(frame), encodeFrame(frame)] },
	'a length over all bounds': { at: 2, send: withHead(28, 0xffff_ffff) },
	'another magic word': { at: 2, send: withHead(0, 0) },
	'a kind that is none': { at: 2, send: withHead(24, 7) },
	'a request of HTTP': { at: 1, send: () => [Buffer.from('GET / HTTP/1.1\r\n\r\n'.repeat(3))] },
	'a reason of a megabyte': { at: 4, send: changed(() => ({ kind: 'abort', body: Buffer.from(MB).fill('x') })) },
	'a flood of empty messages': { at: 4, send: emptyFrames },
	'half a message': { at: 6, send: (frame) => [encodeFrame(frame).subarray(0, FRAME_HEAD_BYTES + 1)] },
	'a message of another attempt': { at: 3, send: changed(() => ({ attempt: 'ee'.repeat(16) })) },
};

test('whatever an authenticated peer sends in place of a message, the job ends with party and step, and the next one works', async (t) => {
	t.timeout(300_000);
	const proxies: Awaited<ReturnType<typeof startFrameProxy>>[] = [];
	const three = await startThree(
		t,
		async (configs) => {
			const proxy = await startFrameProxy(t, configs[1], configs[2]);
			proxies.push(proxy);
			const { peers } = configs[2];
			return [
				configs[0],
				configs[1],
				{ ...configs[2], peers: [peers[0], { ...peers[1], port: proxy.port }, peers[2]] },
			];
		},
		STEP_TIMEOUT_MS,
	);
	const [proxy] = proxies;
	const client = await openClient(t, three.client);
	const attack = async (what: string, tampering: Tampering): Promise<void> => {
		const done = proxy.tamper(tampering);
		const error = await t.throwsAsync(
			client.run(job.program, job.input, { privateWeights: true }),
			{ instanceOf: PeerError },
			what,
		);
		await done;
		t.regex(error?.message ?? '', /party [012].* at /, what);
		void proxy.tamper({ at: -1, send: () => [] });
		await until(() => three.running.every((party) => party.status().isConnected.every(Boolean)));
	};
	for (const [what, tampering] of Object.entries(tamperings)) {
		await attack(what, tampering);
		await assertJobWorks(t, client, job);
	}
	await fc.assert(
		fc.asyncProperty(fc.nat(8), fc.uint8Array({ minLength: FRAME_HEAD_BYTES, maxLength: 200 }), async (at, bytes) => {
			await attack(`${at}: ${Buffer.from(bytes).toString('hex')}`, { at, send: () => [bytes] });
		}),
		{ seed: 31, numRuns: 25 },
	);
	await assertJobWorks(t, client, job);
	assertIdle(t, three);
});
