import { UserError } from '../core/errors.js';
import { type CommandContext, type CommandResult, defineCommand } from './define-command.js';
import { untilAborted } from './until-aborted.js';

export const parties = defineCommand({
	name: 'parties',
	summary: 'Start three parties on this machine, or ask how they are',
	epilogue:
		'Three processes that compute on shares; no one of them sees a picture, and two of them together see everything. On ' +
		'one machine they protect against nobody who owns that machine: this is for trying, and for programs under test. ' +
		'`up` stays in the foreground and ends its parties when it ends.',
	positionals: [{ name: 'what', describe: 'up or status' }],
	options: {
		dir: { type: 'string', default: './parties', describe: 'Folder for keys, certificates and client.json' },
		basePort: {
			type: 'number',
			integer: true,
			min: 0,
			max: 65_530,
			default: 7600,
			describe: 'First of six ports; 0 for any that are free',
		},
	},
	examples: [
		{ line: 'parties up --dir parties', says: 'Three parties, until Ctrl-C' },
		{ line: 'parties status --dir parties', says: 'Links, jobs and bytes of each' },
	],
	async run({ dir, basePort }, [what], context) {
		if (what === 'up') return up(dir, basePort, context);
		if (what === 'status') return status(dir, context);
		throw new UserError('bad-argument', `parties: expected up or status, got "${what}"`);
	},
});

async function up(dir: string, basePort: number, context: CommandContext): Promise<CommandResult> {
	const [{ createLocalParties }, { partyFile }, { supervise }] = await Promise.all([
		import('../services/party/local-parties.js'),
		import('../services/party/party-config.js'),
		import('../services/party/supervise.js'),
	]);
	const { client } = await createLocalParties(dir, basePort);
	let restarts = 0;
	const supervised = await supervise({
		configFiles: [0, 1, 2].map((index) => partyFile(dir, index === 0 ? 0 : index === 1 ? 1 : 2)),
		onRestart(index) {
			restarts++;
			context.reporter.warn(`party ${index} has ended; it is started again`);
		},
	});
	try {
		context.reporter.event('ready', { dir, urls: client.parties.map(({ url }) => url), pids: supervised.pids });
		await untilAborted(context.abort.signal);
	} finally {
		await supervised.close();
	}
	return { fields: { restarts }, text: 'the three parties have ended' };
}

async function status(dir: string, context: CommandContext): Promise<CommandResult> {
	const [{ readClientConfig }, { openParties }] = await Promise.all([
		import('../services/party/party-config.js'),
		import('../services/client/run-on-parties.js'),
	]);
	const client = await openParties(readClientConfig(dir), { ...context, signal: context.abort.signal });
	try {
		const list = (await client.status()).map((entry) =>
			Object.assign({ party: -1, jobsDone: 0, jobsFailed: 0, bytesSent: 0, isConnected: [] }, entry),
		);
		const lines = list.map(({ party, jobsDone, jobsFailed, bytesSent, isConnected }) => {
			const links = isConnected.every(Boolean) ? 'linked to both others' : 'not linked to both others';
			return `party ${party}: ${links}, ${jobsDone} jobs done, ${jobsFailed} failed, ${bytesSent} bytes sent`;
		});
		return { fields: { parties: list }, text: lines.join('\n') };
	} finally {
		client.close();
	}
}
