import { type LocalRules, makePrivateFolder } from '../services/party/local-parties.js';
import { claimFolder } from '../services/party/running-file.js';
import { superviseLocal } from '../services/party/supervise-local.js';
import { watchLocalParties } from '../services/party/watch-local-parties.js';
import type { CommandContext, CommandResult } from './define-command.js';
import { watchParties } from './parties-watch.js';

/** A dashboard shows a restart for so long; its table counts them. */
const WARNING_MS = 60_000;

/** Runs three parties in the foreground until the run is aborted. */
export async function partiesUp(
	dir: string,
	{ basePort, ...rules }: LocalRules & { readonly basePort: number },
	context: CommandContext,
): Promise<CommandResult> {
	makePrivateFolder(dir);
	const claim = claimFolder(dir);
	try {
		let isReady = false;
		let restarts = 0;
		const warnings: { readonly sentence: string; readonly atMs: number }[] = [];
		const { client, supervised } = await superviseLocal(dir, basePort, {
			...rules,
			signal: context.abort.signal,
			onRestart(party, why, waitMs) {
				restarts++;
				const seconds = (waitMs / 1000).toFixed(1);
				const sentence = `party ${party} has ended (${why}); it is started again in ${seconds} s`;
				warnings.unshift({ sentence, atMs: context.nowMs() });
				warnings.splice(3);
				if (!context.dashboard || !isReady) context.reporter.warn(sentence);
			},
			onQuestion(party, question) {
				if (!context.dashboard) context.reporter.event('question', { party, ...question });
			},
			onChange: (pids) => claim.update(pids, isReady),
		});
		try {
			isReady = true;
			const pids = supervised.parties.map(({ pid }) => pid);
			claim.update(pids, isReady);
			context.reporter.event('ready', { dir, urls: client.parties.map(({ url }) => url), pids });
			const watch = watchLocalParties({
				folder: dir,
				client,
				supervised,
				nowMs: context.nowMs,
				warnings: () =>
					warnings.filter(({ atMs }) => context.nowMs() - atMs < WARNING_MS).map(({ sentence }) => sentence),
			});
			try {
				await watchParties(watch, context);
			} finally {
				watch.close();
			}
		} finally {
			await supervised.close();
		}
		return { fields: { restarts }, text: 'the three parties have ended' };
	} finally {
		claim.release();
	}
}
