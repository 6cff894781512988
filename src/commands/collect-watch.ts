import type { Collector } from '../services/collector/start-collector.js';
import { createCollectStore } from '../tui/dashboards/collect-store.js';
import { showCollect } from '../tui/show.js';
import { codeLines } from './code-lines.js';
import type { CommandContext } from './define-command.js';
import { terminalColour } from './terminal-colour.js';
import { untilAborted } from './until-aborted.js';

const DASHBOARD_INTERVAL_MS = 250;
const LINES_INTERVAL_MS = 1000;

/**
 * Shows a collector until the run is aborted: a dashboard on a terminal, otherwise a progress event when something changed.
 * `code` is the address for a QR code; it holds the token, so it is drawn on a terminal only, never into a log.
 */
export async function watchCollector(
	collector: Collector,
	code: string | undefined,
	context: CommandContext,
): Promise<void> {
	const { abort, reporter } = context;
	const colour = terminalColour(context.env);
	const lines = code === undefined ? undefined : codeLines(code, colour !== 'none');
	if (!context.dashboard) {
		if (lines !== undefined && !context.json && context.stderr.isTTY) context.stderr.write(`${lines.join('\n')}\n`);
		const said = new Set<string>();
		const warn = (warnings: readonly string[]): void => {
			for (const warning of warnings) if (!said.has(warning)) reporter.warn(warning);
			// what has passed and comes again is told again
			said.clear();
			for (const warning of warnings) said.add(warning);
		};
		warn(collector.snapshot().warnings);
		let reported = -1;
		const timer = setInterval(() => {
			const { count, warnings } = collector.snapshot();
			warn(warnings);
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
		await showCollect({
			store,
			code: lines,
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
