import { UserError } from '../core/errors.js';
import { isClientLabel, LABELS } from '../services/party/party-config.js';
import { defineCommand } from './define-command.js';

export const parties = defineCommand({
	name: 'parties',
	summary: 'Start three parties on this machine, ask how they are, end them',
	epilogue:
		'Three processes that compute on shares; no one of them sees a picture, and two of them together see everything. On ' +
		'one machine they protect against nobody who owns that machine: this is for trying, and for programs under test. ' +
		'`up` stays in the foreground and ends its parties when it ends; with --detach it returns when they are ready, and ' +
		'`down` ends them.',
	positionals: [{ name: 'what', describe: 'up, status or down' }],
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
		openDistances: {
			type: 'boolean',
			describe: 'Let clients open distances of faces: from them templates can be worked out',
		},
		clients: {
			type: 'string',
			describe:
				'Count and limit the questions of these apart, such as door,desk: each has a folder for --parties, DIR/clients/door',
		},
		detach: { type: 'boolean', describe: 'Leave the parties running in the background' },
	},
	examples: [
		{ line: 'parties up --dir parties', says: 'Three parties, until Ctrl-C' },
		{ line: 'parties status --dir parties', says: 'Links, jobs and bytes of each' },
		{ line: 'parties up --detach --dir background --base-port 0', says: 'Three more, in the background' },
		{ line: 'parties down --dir background', says: 'The end of those' },
	],
	async run({ dir, basePort, detach, openDistances, clients: labels }, [what], context) {
		if (detach && what !== 'up') throw new UserError('bad-option', '--detach: it belongs to `parties up`');
		if (openDistances && what !== 'up')
			throw new UserError('bad-option', '--open-distances: it belongs to `parties up`');
		if (labels !== undefined && what !== 'up')
			throw new UserError('bad-option', '--clients: it belongs to `parties up`');
		if (what === 'up') {
			const options = { basePort, openDistances, clients: asLabels(labels) };
			if (detach) return (await import('./parties-detach.js')).detachParties(dir, options, context);
			return (await import('./parties-up.js')).partiesUp(dir, options, context);
		}
		if (what === 'status') return (await import('./parties-status.js')).partiesStatus(dir, context);
		if (what === 'down') {
			const { endParties } = await import('../services/party/end-parties.js');
			const pids = await endParties(dir, context.abort.signal);
			const text = pids.length === 0 ? `no parties of ${dir} run` : `the parties of ${dir} have ended`;
			return { fields: { dir, pids }, text };
		}
		throw new UserError('bad-argument', `parties: expected up, status or down, got "${what}"`);
	},
});

function asLabels(text: string | undefined): readonly string[] {
	const labels = text?.split(',') ?? [];
	if (labels.every(isClientLabel) && new Set(labels).size === labels.length) return labels;
	throw new UserError('bad-option', `--clients: expected different labels such as door,desk, got "${text}"`, {
		hint: `A label has ${LABELS}: that is who has the token of DIR/client.json.`,
	});
}
