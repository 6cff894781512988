import type { RandomSource } from '../core/random.js';
import type { Reporter } from '../tui/reporters/reporter.js';

/** One option of a command. The key is camelCase; on the command line it is kebab-case. */
export type OptionSpec =
	| {
			readonly type: 'string';
			readonly describe: string;
			readonly default?: string;
			readonly choices?: readonly string[];
			readonly required?: true;
	  }
	| {
			readonly type: 'number';
			readonly describe: string;
			readonly default?: number;
			readonly min: number;
			readonly max: number;
			readonly integer?: boolean;
	  }
	| { readonly type: 'boolean'; readonly describe: string };

export type OptionSpecs = Readonly<Record<string, OptionSpec>>;

type ValueOf<Spec> = Spec extends { type: 'string'; choices: readonly (infer Choice)[] }
	? Choice
	: Spec extends { type: 'string' }
		? string
		: Spec extends { type: 'number' }
			? number
			: boolean;

/** What `run` receives for an option map: required, defaulted and boolean options are always there. */
export type OptionValues<Specs extends OptionSpecs> = {
	readonly [Key in keyof Specs]: Specs[Key] extends { default: unknown } | { required: true } | { type: 'boolean' }
		? ValueOf<Specs[Key]>
		: ValueOf<Specs[Key]> | undefined;
};

export interface PositionalSpec {
	readonly name: string;
	readonly describe: string;
	/** Takes one or more values. */
	readonly variadic?: boolean;
	readonly optional?: boolean;
}

/** The world as a command sees it; tests pass another one. */
export interface CommandContext {
	readonly reporter: Reporter;
	/** Aborts on Ctrl-C, SIGTERM and q in a dashboard. */
	readonly abort: AbortController;
	readonly env: Readonly<Record<string, string | undefined>>;
	readonly stdin: NodeJS.ReadStream;
	readonly stdout: NodeJS.WriteStream;
	readonly stderr: NodeJS.WriteStream;
	/** Whether a dashboard can and may be drawn. */
	readonly dashboard: boolean;
	readonly json: boolean;
	readonly quiet: boolean;
	readonly random: RandomSource;
	readonly nowMs: () => number;
}

/** How a command ended well: fields for programs, text for people. */
export interface CommandResult {
	readonly fields: Readonly<Record<string, unknown>>;
	readonly text: string;
}

export interface Example {
	/** Works as pasted, in this order, in an empty folder; `veilcam` is left out. */
	readonly line: string;
	readonly says: string;
}

export interface CommandData<Specs extends OptionSpecs> {
	readonly name: string;
	readonly summary: string;
	/** A paragraph below the options in `--help`. */
	readonly epilogue?: string;
	readonly positionals?: readonly PositionalSpec[];
	readonly options: Specs;
	readonly examples: readonly [Example, Example, ...Example[]];
	/** `given` are the positionals in order. Loads heavy modules itself. */
	run(options: OptionValues<Specs>, given: readonly string[], context: CommandContext): Promise<CommandResult>;
}

/** A command with the types of its options forgotten, as `main` keeps it. */
export interface Command {
	readonly name: string;
	readonly summary: string;
	readonly epilogue: string | undefined;
	readonly positionals: readonly PositionalSpec[];
	readonly options: OptionSpecs;
	readonly examples: readonly Example[];
	run(
		options: Readonly<Record<string, unknown>>,
		given: readonly string[],
		context: CommandContext,
	): Promise<CommandResult>;
}

/** Ties a command's options to the types that its `run` receives. */
export function defineCommand<const Specs extends OptionSpecs>(data: CommandData<Specs>): Command {
	return {
		name: data.name,
		summary: data.summary,
		epilogue: data.epilogue,
		positionals: data.positionals ?? [],
		options: data.options,
		examples: data.examples,
		// the parser checks every value against `data.options` before it calls
		run: (options, given, context) => data.run(options as OptionValues<Specs>, given, context),
	};
}
