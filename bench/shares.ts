// Averages on shares at 320x240 gray: the adder tree and the keystreams by themselves, and three party processes over TLS
// with everything durable. The sum is compared with the clear one before any figure is given.

import { randomBytes } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createMechanism } from '../src/core/average/mechanism.js';
import { type SessionParameters, sampleCountOf } from '../src/core/average/session.js';
import { shareLengths, sharePlaneBytes, sharePlanes } from '../src/core/average/share-planes.js';
import { createWasmAdder } from '../src/core/kernels/adder-wasm.js';
import { KernelMemory } from '../src/core/kernels/memory.js';
import { expandKey } from '../src/core/mpc/keystream.js';
import { costOfSum } from '../src/core/mpc/sum/sum-plan.js';
import { seededNumbers } from '../src/core/nn/seeded-numbers.js';
import { createReportSeed } from '../src/services/client/report-seed.js';
import { openShares } from '../src/services/client/share-upload.js';
import { openSharesParties } from '../src/services/client/shares-parties.js';
import { collectOldHeapLessOften } from '../src/services/heap-growth.js';
import { createLocalParties } from '../src/services/party/local-parties.js';
import { partyFile } from '../src/services/party/party-config.js';
import { supervise } from '../src/services/party/supervise.js';
import { microseconds } from './measure.js';

const PICTURES = 10_000;
const CONCURRENCY = 48;

const SESSION: SessionParameters = {
	name: 'bench',
	width: 320,
	height: 240,
	channels: 1,
	mechanism: { kind: 'shares', bits: 8, budget: null },
	minBatch: PICTURES,
};

/** The table of this benchmark, in Markdown. */
export async function benchShares(): Promise<string> {
	const samples = sampleCountOf(SESSION);
	const rowBytes = sharePlaneBytes(samples);
	const width = Math.ceil(Math.log2(255 * PICTURES + 1));
	const chunks = Array.from({ length: PICTURES / 8 }, () => Array.from({ length: 8 }, () => 8));
	const andsPerPicture = costOfSum(width, chunks).adders / PICTURES;
	const tree = (await adderUs(rowBytes)) * andsPerPicture;
	const keystream = microseconds(() => void expandKey(new Uint8Array(16), 0, Math.round(andsPerPicture * rowBytes)));
	const seeds = microseconds(() => void expandKey(new Uint8Array(16), 0, 8 * rowBytes));
	const client = await clientMs();
	const whole = await wholeRun();
	const upload = shareLengths(8 * rowBytes).reduce((sum, bytes) => sum + bytes, 0);
	const line = (what: string, got: string, wanted: string): string => `| ${what} | ${got} | ${wanted} |`;
	return [
		'| per picture of 320x240 gray | measured | wanted |',
		'| --- | --- | --- |',
		line('adder tree, us of one core and party', tree.toFixed(1), 'at most 60'),
		line('keystreams of the ANDs, us per party', (2 * keystream).toFixed(0), 'apart'),
		line('seeds expanded, us at P0; half of it at P1 and P2', (2 * seeds).toFixed(0), 'apart'),
		line('sent by each party, KB', ((andsPerPicture * rowBytes) / 1000).toFixed(1), 'at most 80'),
		line('upload, KB', (upload / 1000).toFixed(1), 'at most 160'),
		line('client work, ms', client.toFixed(2), 'at most 10'),
		line(
			`end to end, pictures/s (${PICTURES} pictures, ${CONCURRENCY} uploads at once)`,
			whole.perSecond.toFixed(0),
			'at least 500',
		),
		line('of that: uploads until all are durable, s', whole.uploadS.toFixed(1), ''),
		line('of that: agreement, sum and opening, s', whole.releaseS.toFixed(1), ''),
		line('RSS of the parties at its peak, MB', whole.peakMb.map((mb) => mb.toFixed(0)).join(', '), 'at most 400'),
		'',
		'Prio3SumVec at the same size, for comparison: 9.9 MB up, 786 ms at the client, 232 and 316 ms at its servers.',
	].join('\n');
}

async function adderUs(rowBytes: number): Promise<number> {
	const adders = 64;
	const memory = new KernelMemory(40_000_000);
	const kernel = await createWasmAdder(memory);
	const view = (bytes: number) => new Uint8Array(memory.memory.buffer, memory.allocate(bytes), bytes);
	const rows = view(2 * rowBytes * 3 * adders);
	const triples = new Int32Array(memory.memory.buffer, memory.allocate(12 * adders), 3 * adders);
	triples.set(Array.from({ length: 3 * adders }, (_, i) => i));
	const masks = { next: view(adders * rowBytes), previous: view(adders * rowBytes) };
	const carries = view(adders * rowBytes);
	return microseconds(() => kernel.addRowsInto(rows, triples, rowBytes, masks, carries)) / adders;
}

/** Ten pictures that all others are. */
function pictures(): Uint8Array[] {
	const numbers = seededNumbers(9);
	return Array.from({ length: 10 }, () =>
		Uint8Array.from({ length: sampleCountOf(SESSION) }, () => Math.floor(128 + numbers.nextWithin(127))),
	);
}

async function clientMs(): Promise<number> {
	const [picture] = pictures();
	const mechanism = createMechanism(SESSION.mechanism);
	const seed = createReportSeed(new Uint8Array(32));
	const startedMs = performance.now();
	const runs = 100;
	for (let i = 0; i < runs; i++) {
		const random = seed.noiseOf(i);
		await sharePlanes(mechanism.privatize(picture, random), random, expandKey);
	}
	return (performance.now() - startedMs) / runs;
}

async function wholeRun() {
	// as `contribute` does
	collectOldHeapLessOften();
	const folder = mkdtempSync(join(tmpdir(), 'veilcam-bench-'));
	const { client } = await createLocalParties(folder, 0);
	const parties = await supervise({
		configFiles: ([0, 1, 2] as const).map((index) => partyFile(folder, index)),
		onRestart: (party) => {
			throw new Error(`party ${party} ended`);
		},
	});
	try {
		const front = await openSharesParties(client, SESSION);
		const { signal } = new AbortController();
		const retry = { retryForMs: 60_000, signal, nowMs: () => performance.now(), jitter: () => 0.5, onRetry() {} };
		const uploader = await openShares(SESSION, front.target, retry);
		const seed = createReportSeed(new Uint8Array(randomBytes(32)));
		const kinds = pictures();
		let next = 0;
		const send = async (): Promise<void> => {
			for (let i = next++; i < PICTURES; i = next++) {
				const { kind } = await uploader.upload(kinds[i % kinds.length], seed.idOf(i), seed.noiseOf(i), retry);
				if (kind !== 'accepted') throw new Error(`picture ${i} was ${kind}`);
			}
		};
		const startedMs = performance.now();
		await Promise.all(Array.from({ length: CONCURRENCY }, send));
		const uploadedMs = performance.now();
		const { sums, count } = await front.release(1, null);
		const endedMs = performance.now();
		const perKind = PICTURES / kinds.length;
		const isRight = sums.every((sum, i) => sum === perKind * kinds.reduce((total, kind) => total + kind[i], 0));
		if (!isRight || count !== PICTURES) throw new Error('the sum is not that of the clear pictures');
		const peakMb = parties.parties.map(({ pid }) => peakRssMb(pid));
		front.close();
		uploader.close();
		return {
			perSecond: PICTURES / ((endedMs - startedMs) / 1000),
			uploadS: (uploadedMs - startedMs) / 1000,
			releaseS: (endedMs - uploadedMs) / 1000,
			peakMb,
		};
	} finally {
		await parties.close();
		rmSync(folder, { recursive: true, force: true });
	}
}

function peakRssMb(pid: number): number {
	const match = /VmHWM:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'));
	return Number(match?.[1] ?? Number.NaN) / 1000;
}
