import type { Collector } from '../services/collector/start-collector.js';
import { createCollectStore } from '../tui/dashboards/collect-store.js';
import { showCollect } from '../tui/show.js';
import type { CommandContext } from './define-command.js';
import { terminalColour } from './terminal-colour.js';
import { untilAborted } from './until-aborted.js';

const DASHBOARD_INTERVAL_MS = 250;
const LINES_INTERVAL_MS = 1000;

/** Shows a collector until the run is aborted: a dashboard on a terminal, otherwise a progress event when something changed. */
export async function watchCollector(collector: Collector, context: CommandContext): Promise<void> {
	const { abort, reporter } = context;
	if (!context.dashboard) {
		for (const warning of collector.snapshot().warnings) reporter.warn(warning);
		let reported = -1;
		const timer = setInterval(() => {
			const { count } = collector.snapshot();
			if (count !== reported) reporter.progress({ phase: 'collecting', done: count, total: null });
			reported = count;
		}, LINES_INTERVAL_MS);
		await untilAborted(abort.signal);
		clearInterval(timer);
		return;
	}
	const store = createCollectStore();
	const update = (): void => store.push(collector.snapshot());
	const timer = setInterval(update, DASHBOARD_INTERVAL_MS);
	update();
	try {
		const { halfBlocks } = await import('../core/image/terminal.js');
		const colour = terminalColour(context.env);
		await showCollect({
			store,
			abort,
			stdin: context.stdin,
			terminal: context.stderr,
			env: context.env,
			renderPicture: async (image, columns, rows) => [...(await halfBlocks(image, columns, rows, { colour }))],
		});
	} finally {
		clearInterval(timer);
	}
}
