import { join } from 'node:path';
import { defineCommand } from './define-command.js';
import { exposureWarnings, serverIdentity, serverOptions, serverToken } from './server-options.js';

const BYTES_PER_MB = 1_000_000;
const MAX_KEPT_FRAMES = 1_000_000;
const MAX_KEPT_MB = 100_000_000;

export const subtractor = defineCommand({
	name: 'subtractor',
	summary: 'Run a server that subtracts encrypted pictures unseen',
	epilogue:
		'It has no key and sees no pixel: it answers the encrypted difference of two frames that come together, or of a frame ' +
		"and an earlier one of its camera, which it keeps in --store. When a camera's frames exceed --keep, or all of them " +
		'--keep-mb, the oldest go. Ctrl-C ends it and keeps what was acknowledged.',
	options: {
		...serverOptions(7500),
		store: { type: 'string', default: './frames', describe: 'Folder of the encrypted frames that are kept' },
		keep: {
			type: 'number',
			integer: true,
			min: 1,
			max: MAX_KEPT_FRAMES,
			default: 100,
			describe: 'Frames to keep of each camera',
		},
		keepMb: {
			type: 'number',
			integer: true,
			min: 1,
			max: MAX_KEPT_MB,
			default: 10_000,
			describe: 'Megabytes to keep of all cameras',
		},
	},
	examples: [
		{ line: 'subtractor --port 7500', says: 'On this machine' },
		{
			line: 'subtractor --port 7501 --store hall --keep 10 --tls self',
			says: 'With a certificate, and ten frames a camera',
		},
	],
	async run(options, _given, context) {
		const { host, port, store } = options;
		const token = serverToken(options.token, context.env);
		const [{ startSubtractor }, { collectOldHeapLessOften }, { makeFolder }] = await Promise.all([
			import('../services/subtractor/start-subtractor.js'),
			import('../services/heap-growth.js'),
			import('../services/subtractor/frame-store.js'),
		]);
		collectOldHeapLessOften();
		makeFolder(store);
		const identity = await serverIdentity({ host, tls: options.tls }, join(store, 'tls.pem'), new Date());
		const running = await startSubtractor({
			host,
			port,
			identity,
			token,
			storeFolder: store,
			retention: { framesPerCamera: options.keep, bytes: options.keepMb * BYTES_PER_MB },
			nowMs: context.nowMs,
			warnings: exposureWarnings(host, 'frames', identity !== undefined, token !== undefined),
			onFailure: (error) => {
				const said = error instanceof Error ? error.message : String(error);
				context.reporter.warn(`a request failed: ${said}`);
			},
		});
		try {
			context.reporter.event('listening', { url: running.url, fingerprint: identity?.fingerprint });
			const { watchSubtractor } = await import('./subtractor-watch.js');
			await watchSubtractor(running, context);
		} finally {
			await running.close();
		}
		const { differences, uploads, frames } = running.snapshot();
		return {
			fields: { differences, uploads, frames, store },
			text: `${differences} differences were answered; ${frames} frames are kept in ${store}`,
		};
	},
});
