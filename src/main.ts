import { randomFillSync } from 'node:crypto';
import { performance } from 'node:perf_hooks';
import type { CommandContext } from './commands/define-command.js';
import { commands } from './commands/index.js';
import { BugError, VeilcamError } from './core/errors.js';
import { type ParsedLine, parseLine } from './parse-line.js';
import { dashboardObstacle } from './tui/obstacle.js';
import { createReporter } from './tui/reporters/create-reporter.js';
import type { Reporter } from './tui/reporters/reporter.js';

/** What the process gives to a run. */
export interface World {
	readonly stdin: NodeJS.ReadStream;
	readonly stdout: NodeJS.WriteStream;
	readonly stderr: NodeJS.WriteStream;
	readonly env: Readonly<Record<string, string | undefined>>;
	/** Calls back at each SIGINT and SIGTERM. */
	readonly onSignal: (listener: () => void) => void;
	/** Ends the process at once; for a second signal only. */
	readonly endNow: (exitCode: number) => void;
}

const INTERRUPTED = 130;

/**
 * Runs one command line and gives its exit code: 0 ok, 1 our bug, 2 usage, 3 bad input, 4 a peer or the network,
 * 5 refused by policy, 130 interrupted.
 */
export async function main(args: readonly string[], world: World): Promise<number> {
	const debug = args.includes('--debug');
	const reporter = createReporter({
		json: args.includes('--json'),
		quiet: args.includes('--quiet'),
		stdout: world.stdout,
		stderr: world.stderr,
		nowMs: () => performance.now(),
	});
	try {
		const line = await parseLine(args, commands, world.stdout.columns);
		if (line.kind === 'text') {
			world.stdout.write(`${line.text}\n`);
			return 0;
		}
		return await run(line, reporter, world);
	} catch (thrown) {
		const error = asVeilcamError(thrown);
		reporter.error({
			code: error.code,
			message: error.message,
			hint: error.hint,
			debug: debug ? stackOf(error) : undefined,
		});
		return error.exitCode;
	}
}

async function run(line: ParsedLine & { kind: 'command' }, reporter: Reporter, world: World): Promise<number> {
	const abort = new AbortController();
	world.onSignal(() => {
		if (abort.signal.aborted) world.endNow(INTERRUPTED);
		abort.abort();
	});
	const { json, plain, quiet } = line.options;
	const context: CommandContext = {
		reporter,
		abort,
		env: world.env,
		stdin: world.stdin,
		stdout: world.stdout,
		stderr: world.stderr,
		dashboard: json !== true && plain !== true && quiet !== true && dashboardObstacle(world, world.env) === null,
		json: json === true,
		quiet: quiet === true,
		random: { fillInto: (bytes) => void randomFillSync(bytes) },
		nowMs: () => performance.now(),
	};
	try {
		const { fields, text } = await line.command.run(line.options, line.given, context);
		reporter.result({ ...fields }, text);
		return abort.signal.aborted ? INTERRUPTED : 0;
	} catch (thrown) {
		// what a cancelled operation throws is no failure of its own
		if (!abort.signal.aborted || thrown instanceof VeilcamError) throw thrown;
		reporter.error({ code: 'interrupted', message: 'interrupted' });
		return INTERRUPTED;
	}
}

function asVeilcamError(thrown: unknown): VeilcamError {
	if (thrown instanceof VeilcamError) return thrown;
	const message = thrown instanceof Error ? thrown.message : String(thrown);
	return new BugError('bug', `unexpected: ${message}`, {
		hint: 'This is a mistake in veilcam. Run the command again with --debug and report what it prints.',
		cause: thrown,
	});
}

function stackOf(error: Error): string {
	const cause = error.cause instanceof Error ? `\ncaused by ${stackOf(error.cause)}` : '';
	return `${error.stack ?? error.message}${cause}`;
}
