import { parseSessionParameters, type SessionParameters } from '../core/average/session.js';
import { UserError } from '../core/errors.js';
import { pageAddress, roomSettings, withToken } from './collect-room.js';
import { defineCommand } from './define-command.js';
import { mechanismFrom, mechanismOptions } from './mechanism-options.js';
import { parseSize } from './option-values.js';
import { exposureWarnings, isEveryAddress, serverIdentity, serverOptions } from './server-options.js';

export const collect = defineCommand({
	name: 'collect',
	summary: 'Collect salted pictures from cameras and show their average',
	epilogue:
		'The collector keeps sums, a count, ids and tags in its store, never a picture. It releases an average at each ' +
		'multiple of --min-batch. Ctrl-C ends it and keeps what was accepted. With --room phones take part by a QR code: the ' +
		'collector listens on all addresses with TLS and a token, and shows the average at /wall. With --mechanism shares no ' +
		'noise is added to a picture: three parties hold shares, which are uniform bits, and open sums only.',
	options: {
		...serverOptions(7400),
		host: { type: 'string', describe: 'Address to listen on (127.0.0.1; with --room 0.0.0.0, which is all)' },
		tls: { type: 'string', describe: 'off, self (makes a certificate) or CERT.pem,KEY.pem (off; with --room self)' },
		room: { type: 'boolean', describe: 'Let phones in this network take part, by a QR code' },
		open: { type: 'boolean', describe: 'Open the wall, for a projector, in the browser of this machine' },
		page: { type: 'string', describe: 'Address of this collector for browsers, where a proxy is before it' },
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
		parties: { type: 'string', describe: 'shares: folder with client.json of the three servers' },
	},
	examples: [
		{ line: 'collect', says: 'A room on this machine, one bit per sample at epsilon 2' },
		{ line: 'collect --room --port 7402 --store class.db', says: 'Phones take part: point them at the QR code' },
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
		// an address that cannot be one is told before anything is written
		if (options.page !== undefined) pageAddress('', '', options.page);
		const parties = await partiesFor(session, options);
		const { host, tls, token, tokenFile } = roomSettings(options, context.env);
		const identity = await serverIdentity({ host, tls }, `${options.store}.tls.pem`, new Date());
		const { startCollector } = await import('../services/collector/start-collector.js');
		const { collectOldHeapLessOften } = await import('../services/heap-growth.js');
		collectOldHeapLessOften();
		let death: Error | undefined;
		let closeWall = (): void => {};
		const collector = await startCollector({
			session,
			storeFile: options.store,
			parties,
			host,
			port: options.port,
			identity,
			token,
			pageOf: (url) => pageAddress(url, host, options.page),
			nowMs: context.nowMs,
			signal: context.abort.signal,
			warnings: exposureWarnings(host, 'reports', identity !== undefined, token !== undefined),
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
				tokenFile,
			});
			const code = options.room ? withToken(collector.page, token) : undefined;
			if (options.open) {
				const { openWall } = await import('./open-wall.js');
				const wall = withToken(localWall(collector.url, host), token);
				closeWall = openWall(wall, `${options.store}.wall.html`, (why) => context.reporter.warn(why));
			}
			const { watchCollector } = await import('./collect-watch.js');
			await watchCollector(collector, code, context);
		} finally {
			closeWall();
			await collector.close();
		}
		if (death !== undefined) throw death;
		const { count, duplicates } = collector;
		return {
			fields: { count, duplicates, store: options.store },
			text:
				parties === undefined
					? `the sums of ${count} pictures are kept in ${options.store}`
					: `${count} pictures: the sums of those released are kept in ${options.store}, shares of all others by the three servers`,
		};
	},
});

/** The wall as this machine reaches it. */
function localWall(url: string, host: string): string {
	const wall = new URL('/wall', url);
	if (isEveryAddress(host)) wall.hostname = 'localhost';
	return wall.href;
}

async function partiesFor(
	{ mechanism }: SessionParameters,
	{ parties: folder, room }: { readonly parties: string | undefined; readonly room: boolean },
) {
	if (mechanism.kind !== 'shares') {
		if (folder === undefined) return undefined;
		throw new UserError('unused-option', '--parties has no meaning without --mechanism shares');
	}
	if (room && mechanism.picturesPerPerson !== undefined) {
		throw new UserError('unused-option', '--room: the page for phones does not tell whose pictures it sends', {
			hint: 'Leave out --pictures-per-person, or let `veilcam contribute` send them.',
		});
	}
	if (folder === undefined) {
		throw new UserError('missing-option', '--parties is missing: the folder of the three servers', {
			hint: 'Start them with `veilcam parties up --dir DIR`.',
		});
	}
	const { readClientConfig } = await import('../services/party/party-config.js');
	return readClientConfig(folder);
}
