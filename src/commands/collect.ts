import { parseSessionParameters } from '../core/average/session.js';
import { UserError } from '../core/errors.js';
import { defineCommand } from './define-command.js';
import { mechanismFrom, mechanismOptions } from './mechanism-options.js';
import { parseSize } from './option-values.js';
import { isLoopback, serverIdentity, serverOptions } from './server-options.js';

export const collect = defineCommand({
	name: 'collect',
	summary: 'Collect salted pictures from cameras and show their average',
	epilogue:
		'The collector keeps sums, a count, ids and tags in its store, never a picture. It releases an average at each ' +
		'multiple of --min-batch. Ctrl-C ends it and keeps what was accepted.',
	options: {
		...serverOptions(7400),
		session: { type: 'string', default: 'room', describe: 'Name of the session' },
		size: { type: 'string', default: '320x240', describe: 'Pixels of the average, WIDTHxHEIGHT' },
		colour: { type: 'string', choices: ['gray', 'rgb'], default: 'gray', describe: 'Samples of a pixel' },
		...mechanismOptions,
		minBatch: {
			type: 'number',
			integer: true,
			min: 1,
			max: 1_000_000_000,
			default: 20,
			describe: 'Pictures before the first average, and between averages',
		},
		store: { type: 'string', default: './room.db', describe: 'File that the sums are kept in' },
	},
	examples: [
		{ line: 'collect', says: 'A room on this machine, one bit per sample at epsilon 2' },
		{
			line: 'collect --port 7401 --session faces --mechanism laplace --epsilon 1 --store faces.db',
			says: 'Another mechanism and another store',
		},
	],
	async run(options, _given, context) {
		const { width, height } = parseSize(options.size);
		const session = parseSessionParameters({
			name: options.session,
			width,
			height,
			channels: options.colour === 'gray' ? 1 : 3,
			mechanism: mechanismFrom(options),
			minBatch: options.minBatch,
		});
		const token = options.token ?? context.env.VEILCAM_TOKEN;
		if (token !== undefined && !/^[\x21-\x7e]+$/.test(token)) {
			throw new UserError('bad-token', '--token: expected printable ASCII characters without blanks');
		}
		const identity = await serverIdentity(options, `${options.store}.tls.pem`, new Date());
		const { startCollector } = await import('../services/collector/start-collector.js');
		const { collectOldHeapLessOften } = await import('../services/heap-growth.js');
		collectOldHeapLessOften();
		let death: Error | undefined;
		const collector = await startCollector({
			session,
			storeFile: options.store,
			host: options.host,
			port: options.port,
			identity,
			token,
			nowMs: context.nowMs,
			warnings: exposureWarnings(options.host, identity !== undefined, token !== undefined),
			onDeath: (error) => {
				death = error;
				context.abort.abort();
			},
		});
		try {
			context.reporter.event('listening', {
				url: collector.url,
				page: collector.page,
				fingerprint: identity?.fingerprint,
				session: session.name,
				count: collector.count,
			});
			const { watchCollector } = await import('./collect-watch.js');
			await watchCollector(collector, context);
		} finally {
			await collector.close();
		}
		if (death !== undefined) throw death;
		const { count, duplicates } = collector;
		return {
			fields: { count, duplicates, store: options.store },
			text: `${count} pictures are kept in ${options.store}`,
		};
	},
});

function exposureWarnings(host: string, hasTls: boolean, hasToken: boolean): string[] {
	if (isLoopback(host)) return [];
	const warnings: string[] = [];
	if (!hasTls)
		warnings.push(`listening on ${host} without TLS: anybody on the way can read and change reports (--tls self)`);
	if (!hasToken) warnings.push(`listening on ${host} without a token: anybody there can send reports (--token)`);
	return warnings;
}
