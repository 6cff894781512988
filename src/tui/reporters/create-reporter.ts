import { createJsonReporter } from './json.js';
import { createPlainReporter, type PlainReporterOptions } from './plain.js';
import type { Reporter } from './reporter.js';

/** The face that the common options ask for. A dashboard is drawn beside a plain reporter, see `dashboardObstacle`. */
export function createReporter(options: PlainReporterOptions & { readonly json: boolean }): Reporter {
	return options.json ? createJsonReporter(options) : createPlainReporter(options);
}
