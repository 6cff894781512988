import { type CommandContext, defineCommand } from './define-command.js';
import { untilAborted } from './until-aborted.js';

export const party = defineCommand({
	name: 'party',
	summary: 'Run one of three parties, for three machines',
	epilogue:
		'For three parties on this machine use `veilcam parties up`, which also writes the files that this command reads.',
	options: {
		config: { type: 'string', required: true, describe: "File with this party's keys and the others' addresses" },
	},
	examples: [
		{ line: 'party --config parties/party-0.json', says: 'The first of three' },
		{ line: 'party --config parties/party-1.json --json', says: 'The second, for a supervisor' },
	],
	async run({ config }, _given, context) {
		const [{ galleryFile, readPartyConfig, SUPERVISED }, { startParty }, { collectOldHeapLessOften }] =
			await Promise.all([
				import('../services/party/party-config.js'),
				import('../services/party/start-party.js'),
				import('../services/heap-growth.js'),
			]);
		if (context.env[SUPERVISED] === '1') endWithInput(context);
		collectOldHeapLessOften();
		const running = await startParty(
			readPartyConfig(config),
			{},
			{
				file: galleryFile(config),
				onQuestion: (question) => context.reporter.event('question', { at: new Date().toISOString(), ...question }),
			},
		);
		context.reporter.event('listening', { url: running.url, party: running.status().party });
		running.connected(3_600_000).then(
			() => context.reporter.event('connected', { party: running.status().party }),
			() => {},
		);
		await untilAborted(context.abort.signal);
		const { party: index, jobsDone, jobsFailed } = running.status();
		await running.close();
		return {
			fields: { party: index, jobsDone, jobsFailed },
			text: `party ${index}: ${jobsDone} jobs done, ${jobsFailed} failed`,
		};
	},
});

/** A party whose watcher was killed would hold its ports and its folder, and nobody would start it again. */
function endWithInput({ stdin, abort }: CommandContext): void {
	const end = (): void => abort.abort();
	stdin.once('end', end).once('error', end).resume();
	abort.signal.addEventListener('abort', () => stdin.destroy(), { once: true });
}
