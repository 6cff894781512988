import yargs, { type Argv } from 'yargs';
import { commonOptions } from './commands/common-options.js';
import type { Command, OptionSpec, OptionSpecs } from './commands/define-command.js';
import { checkOptions, checkPositionals, kebab } from './commands/option-values.js';
import { UserError } from './core/errors.js';
import { nearest } from './nearest.js';
import { versionText } from './version.js';

/** What a command line asks for. */
export type ParsedLine =
	| { readonly kind: 'text'; readonly text: string }
	| {
			readonly kind: 'command';
			readonly command: Command;
			readonly options: Readonly<Record<string, unknown>>;
			readonly given: readonly string[];
	  };

/**
 * Reads a command line by the command list.
 * Throws: UserError that names what was wrong, with a suggestion for a mistyped command.
 */
export async function parseLine(
	args: readonly string[],
	commands: readonly Command[],
	columns: number | undefined,
): Promise<ParsedLine> {
	let found: ParsedLine | undefined;
	const parser = commands.reduce(
		(tree, command) =>
			tree.command(
				[command.name, ...command.positionals.map(positionalText)].join(' '),
				command.summary,
				(child) => addOptions(child, command),
				(parsed) => {
					const specs = { ...commonOptions, ...command.options };
					const given = command.positionals.flatMap(({ name }) => parsed[name] ?? []).map(String);
					const surplus = parsed._.slice(1).map(String);
					checkPositionals(command.positionals, [...given, ...surplus]);
					found = { kind: 'command', command, options: checkOptions(specs, parsed), given };
				},
			),
		root(columns),
	);
	let output = '';
	try {
		await parser.parseAsync([...args], {}, (_error, _parsed, text) => {
			output = text;
		});
	} catch (thrown) {
		throw asUsageError(thrown, args, commands);
	}
	if (output !== '') return { kind: 'text', text: withExamples(output, commands) };
	if (found !== undefined) return found;
	if (args[0] === 'completion') return { kind: 'text', text: '' };
	throw new UserError('no-command', 'which command?', { hint: 'Run `veilcam --help`.' });
}

function root(columns: number | undefined): Argv {
	return yargs()
		.scriptName('veilcam')
		.usage('$0 <command>\n\nCompute on pictures that nobody may see.')
		.parserConfiguration({ 'boolean-negation': false, 'parse-numbers': false, 'parse-positional-numbers': false })
		.locale('en')
		.exitProcess(false)
		.showHelpOnFail(false)
		.fail((message, error) => {
			throw error ?? new UserError('usage', message);
		})
		.strict()
		.demandCommand(1, 'which command?')
		.completion('completion', 'Print the script that completes veilcam in your shell')
		.version(versionText())
		.help()
		.alias('h', 'help')
		.wrap(Math.min(columns ?? 100, 110));
}

function addOptions(child: Argv, command: Command): Argv {
	const names = Object.keys(command.options);
	let tree = child;
	for (const { name, describe } of command.positionals) tree = tree.positional(name, { type: 'string', describe });
	const specs: OptionSpecs = { ...command.options, ...commonOptions };
	for (const [name, spec] of Object.entries(specs)) {
		tree = tree.option(kebab(name), {
			...(spec.type === 'boolean' ? { boolean: true } : { requiresArg: true }),
			describe: describeOption(spec),
			...(spec.type === 'string' && spec.choices !== undefined ? { choices: spec.choices } : {}),
			...(spec.type !== 'boolean' && spec.default !== undefined ? { defaultDescription: String(spec.default) } : {}),
			group: names.includes(name) ? 'Options:' : 'Common options:',
		});
	}
	tree = tree.group(['help', 'version'], 'Common options:');
	return tree
		.usage(`$0 ${[command.name, ...command.positionals.map(positionalText)].join(' ')}\n\n${command.summary}`)
		.epilogue(command.epilogue ?? '');
}

function describeOption(spec: OptionSpec): string {
	if (spec.type === 'string' && spec.required) return `${spec.describe} (required)`;
	if (spec.type === 'number') return `${spec.describe} (${spec.min} to ${spec.max})`;
	return spec.describe;
}

/** Help of a command with its examples, unbroken however narrow the terminal is: they are there to be pasted. */
function withExamples(help: string, commands: readonly Command[]): string {
	const command = commands.find(
		({ name }) => help.startsWith(`veilcam ${name} `) || help.startsWith(`veilcam ${name}\n`),
	);
	if (command === undefined) return help;
	const examples = command.examples.map(({ line, says }) => `  # ${says}\n  veilcam ${line}`);
	return [help.trimEnd(), '', 'Examples:', ...examples].join('\n');
}

function positionalText({ name, variadic = false }: Command['positionals'][number]): string {
	// always optional to the parser: what is missing is told by `checkPositionals`
	return `[${name}${variadic ? '..' : ''}]`;
}

function asUsageError(thrown: unknown, args: readonly string[], commands: readonly Command[]): unknown {
	if (!(thrown instanceof UserError) || thrown.code !== 'usage') {
		return thrown instanceof Error && thrown.name === 'YError' ? new UserError('usage', thrown.message) : thrown;
	}
	const word = args.find((arg) => !arg.startsWith('-'));
	const known = commands.map(({ name }) => name);
	if (word !== undefined && !known.includes(word) && word !== 'completion') {
		const near = nearest(word, [...known, 'completion']);
		return new UserError('unknown-command', `there is no command "${word}"`, {
			hint: near === undefined ? 'Run `veilcam --help` for the list.' : `Did you mean \`veilcam ${near}\`?`,
		});
	}
	const command = commands.find(({ name }) => name === word);
	const option = command === undefined ? undefined : mistypedOption(args, command);
	if (option !== undefined) {
		return new UserError('unknown-option', `${word}: there is no option --${option.given}`, {
			hint: option.near === undefined ? `Run \`veilcam ${word} --help\`.` : `Did you mean --${option.near}?`,
		});
	}
	return new UserError('usage', thrown.message, {
		hint: word === undefined ? 'Run `veilcam --help`.' : `Run \`veilcam ${word} --help\`.`,
	});
}

/** The first option on the line that the command does not have, and the nearest that it has. */
function mistypedOption(
	args: readonly string[],
	command: Command,
): { given: string; near: string | undefined } | undefined {
	const known = [...Object.keys({ ...command.options, ...commonOptions }).map(kebab), 'help', 'version'];
	const end = args.indexOf('--');
	for (const arg of end < 0 ? args : args.slice(0, end)) {
		const given = /^--([^=]+)/.exec(arg)?.[1];
		if (given !== undefined && !known.includes(kebab(given))) return { given, near: nearest(given, known) };
	}
	return undefined;
}
