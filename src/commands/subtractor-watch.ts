import type { Subtractor } from '../services/subtractor/start-subtractor.js';
import { createSubtractorStore } from '../tui/dashboards/subtractor-store.js';
import { showSubtractor } from '../tui/show.js';
import type { CommandContext } from './define-command.js';
import { untilAborted } from './until-aborted.js';

const DASHBOARD_INTERVAL_MS = 250;
const LINES_INTERVAL_MS = 1000;

/** Shows a subtractor until the run is aborted: a dashboard on a terminal, otherwise progress when something changed. */
export async function watchSubtractor(subtractor: Subtractor, context: CommandContext): Promise<void> {
	const { abort, reporter, stdin, stderr: terminal, env } = context;
	if (!context.dashboard) {
		for (const warning of subtractor.snapshot().warnings) reporter.warn(warning);
		let reported = 0;
		const timer = setInterval(() => {
			const { differences, uploads } = subtractor.snapshot();
			if (differences + uploads === reported) return;
			reported = differences + uploads;
			reporter.progress({ phase: 'subtracting', done: differences, total: null });
		}, LINES_INTERVAL_MS);
		await untilAborted(abort.signal);
		clearInterval(timer);
		return;
	}
	const store = createSubtractorStore();
	const update = (): void => store.push(subtractor.snapshot());
	const timer = setInterval(update, DASHBOARD_INTERVAL_MS);
	update();
	try {
		await showSubtractor({ store, abort, stdin, terminal, env });
	} finally {
		clearInterval(timer);
	}
}
