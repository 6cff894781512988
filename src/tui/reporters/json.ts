import { createEnding, eventName } from './ending.js';
import { jsonLine } from './json-value.js';
import { outputTo } from './output.js';
import type { Reporter, ReporterOptions } from './reporter.js';

/**
 * The face for programs: one JSON object per line, all of it on stdout.
 * progress, note, warning, the named events, and at the end exactly one `result` or `error`.
 * What a field becomes in JSON: see `toJsonValue`. A field called `event` is replaced by the event's name.
 */
export function createJsonReporter(options: ReporterOptions): Reporter {
	const write = outputTo(options.stdout, 'stdout', options.onOutputLost);
	const ending = createEnding();
	const emit = (event: string, fields: Readonly<Record<string, unknown>>): void => {
		const { event: _, ...rest } = fields;
		write(`${jsonLine({ event, ...rest })}\n`);
	};
	const unlessEnded = (event: string, fields: Readonly<Record<string, unknown>>): void => {
		if (!ending.reached) {
			emit(event, fields);
		}
	};
	const chatty = options.quiet === true ? () => {} : unlessEnded;
	return {
		progress: ({ phase, done, total }) => chatty('progress', { phase, done, total }),
		note: (message) => chatty('note', { message }),
		warn: (message) => unlessEnded('warning', { message }),
		event: (name, fields) => unlessEnded(eventName(name), fields),
		result(fields) {
			ending.reach('result');
			emit('result', fields);
		},
		error({ code, message, hint, debug }) {
			ending.reach(`error "${code}"`);
			emit('error', { code, message, hint: hint ?? null, debug });
		},
	};
}
