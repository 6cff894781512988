import { openSource } from '../core/camera/open-source.js';
import { DataError } from '../core/errors.js';
import type { Display } from '../core/subtract/display.js';
import { createEnginePool, type EnginePool } from '../core/subtract/engine-pool.js';
import { encryptFrame } from '../core/subtract/frames.js';
import type { PictureShape } from '../core/subtract/parameters.js';
import { vctBytes } from '../core/subtract/vct-header.js';
import { createComparer } from '../services/client/compare-frames.js';
import { runCamera, runOwner } from '../services/client/watch-run.js';
import { connectTo, type TrustOptions } from './connect-to.js';
import type { CommandContext, CommandResult } from './define-command.js';
import { type KeyOptions, readEncryptionKey } from './read-key.js';
import { retryFrom } from './retry.js';
import { createWatchFace } from './watch-face.js';

export interface WatchOptions extends KeyOptions, TrustOptions {
	readonly server: string;
	readonly camera: string;
	readonly source: string | undefined;
	readonly device: string | undefined;
	readonly shape: PictureShape;
	readonly intervalMs: number;
	readonly count: number | undefined;
	readonly threshold: number;
	readonly as: Display;
	readonly retryFor: number;
	/** The camera that is followed encrypts with the public key. */
	readonly untagged: boolean;
}

/** Threads that decrypt, so that uploads keep their time. */
const DECRYPTING_THREADS = 2;
/** An owner does not know the size of the pictures that come: a 4K RGB difference has 31 MB. */
const MAX_DIFFERENCE_BYTES = 128 * 1024 * 1024;

/** Runs `watch` to its end, or until the run is aborted. */
export async function startWatch(options: WatchOptions, context: CommandContext): Promise<CommandResult> {
	const { camera, source, shape, intervalMs, count } = options;
	const { scheme, fingerprint, credential } = await readEncryptionKey(options, context);
	const { signal } = context.abort;
	const connection = await connectTo(options.server, options, context, { concurrency: 2 });
	const closing: (() => Promise<void> | void)[] = [() => connection.close()];
	const face = createWatchFace(options, { url: connection.url, decrypts: credential.kind === 'secret' }, context);
	const retry = retryFrom(options.retryFor, context, face.onRetry);
	const open = async (threads: number): Promise<EnginePool> => {
		const pool = await createEnginePool(credential, threads);
		closing.push(() => pool.close());
		return pool;
	};
	const openComparer = async (maxBytes: number) =>
		createComparer({
			...{ connection, camera, fingerprint, maxBytes, retry },
			scheme: options.untagged ? 'public-key' : 'symmetric',
			pool: await open(DECRYPTING_THREADS),
			onComparison: face.onComparison,
		});
	const work = async (): Promise<void> => {
		if (source === undefined) {
			const comparer = await openComparer(MAX_DIFFERENCE_BYTES);
			if (options.untagged) face.onUntagged();
			const { onFollowing, onRepeated } = face;
			await runOwner({ connection, camera, intervalMs, retry, count, comparer, onFollowing, onRepeated });
			return;
		}
		const frames = await openSource(source, {
			device: options.device,
			size: shape,
			channels: shape.channels,
			count,
			signal,
			onSkip: (_path, reason) => context.reporter.note(`left out ${reason.message}`),
		});
		closing.push(() => frames.close());
		const answer = { kind: 'difference', scheme, shape, fingerprint, ids: [] } as const;
		const comparer = credential.kind === 'secret' ? await openComparer(vctBytes(answer)) : undefined;
		const pool = await open(1);
		await runCamera({
			...{ connection, camera, intervalMs, retry, frames, comparer },
			encrypt: (image) => encryptFrame(image, { scheme, fingerprint, random: context.random }, pool),
			onUploaded: face.onUploaded,
		});
	};
	try {
		await face.show(work);
	} catch (error) {
		// what was uploaded is kept, and told
		if (!signal.aborted) throw error;
	} finally {
		for (const close of closing.reverse()) await close();
	}
	const counts = face.counts();
	if (counts.compared === 0 && counts.refused > 0) {
		throw new DataError('all-refused', `all ${counts.refused} differences were discarded: none was the one asked for`, {
			hint: 'Do not tell the server. Is it the camera of this key? Subtract elsewhere.',
		});
	}
	return { fields: { ...counts }, text: face.summary() };
}
