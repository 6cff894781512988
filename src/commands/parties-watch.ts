import { setTimeout as delay } from 'node:timers/promises';
import type { PartiesWatch } from '../services/party/watch-local-parties.js';
import { createPartiesStore } from '../tui/dashboards/parties-store.js';
import { showParties } from '../tui/show.js';
import type { CommandContext } from './define-command.js';

const DASHBOARD_INTERVAL_MS = 500;
const LINES_INTERVAL_MS = 1000;

/** Shows three parties until the run is aborted: a dashboard on a terminal, otherwise lines when something changed. */
export async function watchParties(watch: PartiesWatch, context: CommandContext): Promise<void> {
	const { abort, reporter, stdin, stderr, env } = context;
	if (!context.dashboard) {
		let reported = 0;
		const failures = [0, 0, 0];
		return untilAborted(LINES_INTERVAL_MS, async () => {
			const { jobsDone, parties } = await watch.look();
			if (jobsDone !== reported) reporter.progress({ phase: 'jobs', done: jobsDone, total: null });
			reported = jobsDone;
			for (const [party, { status }] of parties.entries()) {
				if (status !== null && status.jobsFailed > failures[party]) {
					reporter.note(`party ${party}: a job failed: ${status.lastError}`);
				}
				failures[party] = status?.jobsFailed ?? 0;
			}
		});
	}
	const store = createPartiesStore();
	await Promise.all([
		showParties({ store, abort, stdin, terminal: stderr, env }).finally(() => abort.abort()),
		untilAborted(DASHBOARD_INTERVAL_MS, async () => store.push(await watch.look())),
	]);

	async function untilAborted(everyMs: number, look: () => Promise<void>): Promise<void> {
		while (!abort.signal.aborted) {
			await look();
			await delay(everyMs, undefined, { signal: abort.signal }).catch(() => {});
		}
	}
}
