import type { ProgressEvent } from '../../core/events.js';
import { safeColouredLines, safeLines, safeText } from '../safe-text.js';
import { createEnding, eventName } from './ending.js';
import { toJsonValue } from './json-value.js';
import { outputTo } from './output.js';
import { createProgressLines } from './progress-lines.js';
import type { Reporter, ReporterOptions } from './reporter.js';

export interface PlainReporterOptions extends ReporterOptions {
	/** Milliseconds from any fixed point; for the rate of progress lines. */
	readonly nowMs: () => number;
}

/**
 * The face for people in a pipe or a log: the result's text on stdout, everything else on stderr.
 * Whatever a terminal would act on is made visible first. Colours stay in the result alone; build foreign parts of it
 * (a file name) with `safeText`, for line breaks stay there too.
 */
export function createPlainReporter(options: PlainReporterOptions): Reporter {
	const { stdout, stderr, quiet = false, nowMs, onOutputLost } = options;
	const writeResult = outputTo(stdout, 'stdout', onOutputLost);
	const writeAside = outputTo(stderr, 'stderr', onOutputLost);
	const progressLines = createProgressLines(writeAside, stderr, nowMs);
	const ending = createEnding();

	const say = (text: string): void => {
		progressLines.interrupt();
		writeAside(`${indentContinuations(safeLines(text))}\n`);
	};
	return {
		progress(event: ProgressEvent) {
			if (!quiet && !ending.reached) {
				progressLines.show(event);
			}
		},
		note(line) {
			if (!quiet && !ending.reached) {
				say(line);
			}
		},
		warn(line) {
			if (!ending.reached) {
				say(`veilcam: warning: ${line}`);
			}
		},
		event(name, fields) {
			const line = `${eventName(name)}: ${describe(fields)}`;
			if (!ending.reached) {
				say(line);
			}
		},
		result(_fields, text) {
			ending.reach('result');
			progressLines.finish();
			if (text !== '') {
				writeResult(`${safeColouredLines(text).replace(/\n$/, '')}\n`);
			}
		},
		error({ code, message, hint, debug }) {
			ending.reach(`error "${code}"`);
			progressLines.finish();
			say(`veilcam: ${message}`);
			if (hint !== undefined) {
				say(`  ${hint}`);
			}
			if (debug !== undefined) {
				say(debug);
			}
		},
	};
}

/** No line of a longer message can pose as a message of its own. */
function indentContinuations(text: string): string {
	return text.replace(/\n$/, '').replaceAll('\n', '\n  ');
}

function describe(fields: Readonly<Record<string, unknown>>): string {
	return Object.entries(fields)
		.filter(([, value]) => value !== undefined)
		.map(([key, value]) => `${key} ${safeText(describeValue(value))}`)
		.join(', ');
}

function describeValue(value: unknown): string {
	const json = toJsonValue(value);
	return typeof json === 'string' ? json : JSON.stringify(json);
}
