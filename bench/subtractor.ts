// Pairs of encrypted VGA RGB pictures to a subtractor on loopback, by wrk on the same cores, and its memory meanwhile.
import { randomFillSync } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { testPattern } from '../src/core/camera/test-pattern.js';
import { signed } from '../src/core/image/compare.js';
import { packagePath } from '../src/core/package-root.js';
import { openBfv } from '../src/core/subtract/bfv.js';
import { createEnginePool, type EnginePool } from '../src/core/subtract/engine-pool.js';
import { decryptDifference, encryptFrame, type SealedFrame } from '../src/core/subtract/frames.js';
import { keyFingerprint } from '../src/core/subtract/key-file.js';
import { writePair } from '../src/core/subtract/vct-pair.js';
import { openVct, type VctStream, writeVct } from '../src/core/subtract/vct-stream.js';
import { openConnection } from '../src/services/client/connection.js';
import { subtractRemotely } from '../src/services/client/subtract-remote.js';
import { type OpenLoad, openLoad } from './open-load.js';
import { type Load, loadPairs, rssMb, startServer } from './wrk.js';

const REQUESTS = Number(process.env.BENCH_REQUESTS ?? 10_000);
const SECONDS = Number(process.env.BENCH_SECONDS ?? 10);
const CONNECTIONS = [1, 4, 16];
/** What a subtractor has to sustain. */
const OPEN_PER_SECOND = 50;
/** Below what is refused; who waits for one of them counts that, too. */
const OPEN_CONNECTIONS = 24;
const SIZE = { width: 640, height: 480 };

interface Loaded extends Load {
	readonly connections: number;
}

/** The table of this benchmark, in Markdown. */
export async function benchSubtractor(): Promise<string> {
	const folder = mkdtempSync(join(tmpdir(), 'veilcam-bench-'));
	try {
		const pairFile = join(folder, 'pair');
		const check = await makePair(pairFile);
		const lines = ['| server | connections | pairs/s | p50 ms | p99 ms |', '| --- | --- | --- | --- | --- |'];
		const paced: string[] = [];
		const memory: string[] = [];
		for (const tls of [false, true]) {
			const args = ['subtractor', '--json', '--port', '0', '--store', join(folder, `frames-${String(tls)}`)];
			const server = await startServer(
				packagePath('dist', 'src', 'cli.js'),
				tls ? [...args, '--tls', 'self'] : args,
				'SIGINT',
			);
			try {
				const listening: { url: string; fingerprint?: string } = JSON.parse(server.firstLine);
				await check.exact(listening);
				for (const connections of CONNECTIONS) {
					const load: Loaded = { ...checked(loadPairs(listening.url, pairFile, SECONDS, connections)), connections };
					const { perSecond, p50Ms, p99Ms } = load;
					const cells = [tls ? 'TLS' : 'plain', connections, perSecond.toFixed(0), p50Ms.toFixed(0), p99Ms.toFixed(0)];
					lines.push(`| ${cells.join(' | ')} |`);
				}
				const open = await openPairs(listening, pairFile);
				paced.push(
					`Open load of ${OPEN_PER_SECOND} pairs/s, ${tls ? 'TLS' : 'plain'}, ${open.requests} pairs, each from the moment ` +
						`it was due: p50 ${open.p50Ms.toFixed(0)} ms, p99 ${open.p99Ms.toFixed(0)} ms.`,
				);
				if (!tls) memory.push(memoryOver(server.pid, listening.url, pairFile));
				await check.exact(listening);
			} finally {
				await server.stop();
			}
		}
		await check.close();
		return [...lines, '', ...paced, '', ...memory].join('\n');
	} finally {
		rmSync(folder, { recursive: true, force: true });
	}
}

/** Pairs that come at their own pace, whatever the server does. */
async function openPairs(server: { url: string; fingerprint?: string }, pairFile: string): Promise<OpenLoad> {
	const connection = await openConnection({ ...server, concurrency: OPEN_CONNECTIONS });
	try {
		const pace = { perSecond: OPEN_PER_SECOND, seconds: SECONDS };
		return await openLoad(connection, '/v1/differences', readFileSync(pairFile), pace);
	} finally {
		connection.close();
	}
}

/** Resident memory while ten times a tenth of the requests come. */
function memoryOver(pid: number, url: string, pairFile: string): string {
	const rss: number[] = [];
	let done = 0;
	while (done < REQUESTS) {
		done += checked(loadPairs(url, pairFile, SECONDS, 4)).requests;
		rss.push(rssMb(pid, 'VmRSS'));
	}
	const shown = rss.map((mb) => mb.toFixed(0)).join(', ');
	return `Resident memory in ${done} more pairs, every ${SECONDS} s: ${shown} MB; at most ${rssMb(pid, 'VmHWM').toFixed(0)} MB.`;
}

/** Writes two encrypted pictures in turns; gives what proves that a server answers their exact difference. */
async function makePair(file: string) {
	const bfv = await openBfv();
	const { secret, publicKey } = bfv.createKeys();
	bfv.close();
	const fingerprint = keyFingerprint(publicKey);
	const pool: EnginePool = await createEnginePool({ kind: 'secret', secret }, 1);
	const pictures = [0, 1].map((index) => testPattern(index, SIZE, 3));
	const random = { fillInto: (bytes: Uint8Array) => void randomFillSync(bytes) };
	const frames: SealedFrame[] = [];
	for (const picture of pictures) {
		frames.push(await encryptFrame(picture, { scheme: 'symmetric', fingerprint, random }, pool));
	}
	const open = async (i: number): Promise<VctStream> =>
		await openVct(writeVct(frames[i].header, frames[i].records), 'AB'[i]);
	const pieces: Uint8Array[] = [];
	for await (const piece of writePair(await open(0), await open(1))) pieces.push(piece);
	writeFileSync(file, Buffer.concat(pieces));
	return {
		async exact(server: { url: string; fingerprint?: string }): Promise<void> {
			const connection = await openConnection(server);
			try {
				const ids = [frames[0].header.ids[0], frames[1].header.ids[0]] as const;
				const answer = await subtractRemotely(connection, await open(0), await open(1));
				const got = await decryptDifference(answer, { fingerprint, ids: [ids[0], ids[1]] }, pool);
				const expected = signed(pictures[0], pictures[1]);
				if (!expected.samples.every((sample, i) => sample === got.samples[i])) throw new Error('not exact');
			} finally {
				connection.close();
			}
		},
		close: () => pool.close(),
	};
}

function checked(load: Load): Load {
	if (load.errors > 0) throw new Error(`${load.errors} requests failed`);
	return load;
}
