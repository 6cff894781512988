import { readdir } from 'node:fs/promises';
import test from 'ava';
import { commands } from '../src/commands/index.js';
import { kebab } from '../src/commands/option-values.js';
import { endingOf, runCli } from './helpers/run-cli.js';
import { temporaryFolder } from './helpers/temp-folder.js';

const HELP = `veilcam <command>

Compute on pictures that nobody may see.

Commands:
  veilcam completion                 Print the script that completes veilcam in your shell
  veilcam capture                    Take pictures with the webcam and keep them as PNG files
  veilcam collect                    Collect salted pictures from cameras and show their average
  veilcam contribute [sources..]     Salt pictures on this machine and send them to a collector
  veilcam average                    Get the average picture from a collector, a store or a folder
                                     of noisy pictures
  veilcam privacy [what]             How many people an average needs at an epsilon, and whether a
                                     mechanism keeps its epsilon
  veilcam keygen                     Make a key pair for pictures that a server subtracts unseen
  veilcam encrypt [picture..]        Encrypt pictures that a server can subtract and not see
  veilcam subtract [a] [b]           Subtract two encrypted pictures, without a key
  veilcam motion [a] [b]             Score where two encrypted pictures differ, without a key
  veilcam decrypt [difference]       Decrypt the difference of two pictures, and show what moved
  veilcam inspect [file]             Say what a file of veilcam is, without its secrets
  veilcam subtractor                 Run a server that subtracts encrypted pictures unseen
  veilcam watch                      Let a camera encrypt and upload, or see what moves before it
  veilcam parties [what]             Start three parties on this machine, ask how they are, end them
  veilcam party                      Run one of three parties, for three machines
  veilcam model [what] [file]        Import an ONNX network, see whether it fits, share its weights
  veilcam infer                      Run a network on a picture that no party sees
  veilcam filter [kernel] [picture]  Sharpen a picture or find its edges on shares
  veilcam enroll [name] [files..]    Enroll a person by pictures that no party sees
  veilcam match [picture]            Is this face enrolled? Ask three parties that do not see it
  veilcam gallery [what] [target]    List who is enrolled, remove a person, share templates anew
  veilcam demo                       Show on this machine what veilcam does, without a camera

Options:
      --version  Show version number                                                       [boolean]
  -h, --help     Show help                                                                 [boolean]
`;

test('--help lists every command', async (t) => {
	const { code, stdout, stderr } = await runCli(t, ['--help']);
	t.is(stdout, HELP);
	t.is(stderr, '');
	t.is(code, 0);
	for (const { name, summary } of commands) {
		t.regex(stdout, new RegExp(`veilcam ${name} `));
		t.true(stdout.includes(summary.slice(0, 40)));
	}
});

for (const command of commands) {
	test(`${command.name} --help shows every option with what it does, and two examples at least`, async (t) => {
		const { code, stdout, stderr } = await runCli(t, [command.name, '--help']);
		t.is(code, 0);
		t.is(stderr, '');
		const [options = '', examples = ''] = stdout.split('Examples:');
		const flat = options.replace(/\s+/g, ' ');
		for (const [name, spec] of Object.entries(command.options)) {
			t.regex(flat, new RegExp(`--${kebab(name)} `));
			t.true(flat.includes(spec.describe.slice(0, 25)), name);
		}
		for (const common of ['--json', '--plain', '--quiet', '--debug', '--help']) t.true(flat.includes(common));
		t.true((examples.match(/^ +veilcam /gm) ?? []).length >= 2);
		t.true(command.examples.length >= 2);
		t.true(stdout.replace(/\s+/g, ' ').includes((command.epilogue ?? '').slice(0, 60)));
		for (const line of stdout.split('\n')) t.true(line.length <= 100, line);
	});
}

test('--version names the program and every format', async (t) => {
	const { code, stdout } = await runCli(t, ['--version']);
	t.is(code, 0);
	const [program, ...formats] = stdout.trim().split('\n');
	t.regex(program, /^veilcam \d+\.\d+\.\d+$/);
	t.regex(formats.pop() ?? '', /^node \d+\.\d+\.\d+$/);
	t.deepEqual(formats, [
		'average wire format 1',
		'average store format 1',
		'shared pictures store format 2',
		'encrypted picture format 1',
		'encrypted motion format 1',
		'key format 1',
		'subtractor store format 1',
		'model format 1',
		'gallery format 1',
	]);
});

test('completion prints a script, and the script is answered with commands and options', async (t) => {
	const { code, stdout } = await runCli(t, ['completion']);
	t.is(code, 0);
	t.regex(stdout, /complete -.* veilcam/);
	const words = async (...typed: string[]): Promise<string[]> => {
		const answer = await runCli(t, ['--get-yargs-completions', 'veilcam', ...typed]);
		t.is(answer.code, 0);
		return answer.stdout.trim().split('\n');
	};
	const names = await words('');
	for (const { name } of commands) t.true(names.includes(name), name);
	t.true((await words('collect', '--')).includes('--min-batch'));
});

test('without a command the usage is told on stderr', async (t) => {
	const { code, stdout, stderr } = await runCli(t, []);
	t.is(code, 2);
	t.is(stdout, '');
	t.regex(stderr, /^veilcam: which command\?\n {2}Run `veilcam --help`\.\n$/);
});

/** What is typed, the code of the error, and what it says. */
const mistakes: [args: string[], code: string, says: RegExp][] = [
	[[], 'usage', /which command/],
	[['colect'], 'unknown-command', /there is no command "colect".*veilcam collect/],
	[['avrage', '--from', 'x'], 'unknown-command', /"avrage".*veilcam average/],
	[['frobnicate'], 'unknown-command', /"frobnicate".*veilcam --help/],
	[['collect', '--prot', '1'], 'unknown-option', /collect: there is no option --prot .*--port\?/],
	[['average', '--form=x'], 'unknown-option', /--form .*--from\?/],
	[['collect', '--frobnicate'], 'unknown-option', /veilcam collect --help/],
	[['collect', '--no-json'], 'unknown-option', /--no-json/],
	[['collect', 'surplus'], 'usage', /surplus/],
	[['collect', '--port'], 'usage', /port/],
	[['collect', '--port', '70000'], 'bad-option', /--port: expected a whole number from 0 to 65535, got "70000"/],
	[['collect', '--port', 'http'], 'bad-option', /--port.*"http"/],
	[['collect', '--port', '1', '--port', '2'], 'bad-option', /--port: expected one value/],
	[['collect', '--size', '320'], 'bad-option', /--size: expected WIDTHxHEIGHT/],
	[['collect', '--size', '9000x9000'], 'session-parameter', /width: expected.*8192/],
	[['collect', '--colour', 'blue'], 'bad-option|usage', /colour.*blue/],
	[['collect', '--mechanism', 'salt'], 'bad-option|usage', /mechanism.*salt/],
	[['collect', '--epsilon', '0'], 'bad-option', /--epsilon: expected a number from 0\.001/],
	[['collect', '--amplitude', '128'], 'unused-option', /--amplitude has no meaning for --mechanism one-bit.*--epsilon/],
	[['collect', '--mechanism', 'uniform', '--epsilon', '1'], 'unused-option', /--epsilon.*--amplitude/],
	[['collect', '--mechanism', 'gaussian', '--sigma', '9', '--epsilon', '1'], 'unused-option', /together/],
	[['collect', '--mechanism', 'laplace', '--epsilon', '0.01'], 'session-parameter|.*overflow.*', /./],
	[['collect', '--session', 'a b'], 'session-parameter', /name: expected 1 to 64 letters/],
	[['collect', '--min-batch', '0'], 'bad-option', /--min-batch/],
	[['collect', '--token', 'two words'], 'bad-token', /--token/],
	[['collect', '--page', 'room.example'], 'bad-option', /--page: expected an address/],
	[['collect', '--tls', 'cert.pem'], 'bad-option', /--tls: expected off, self or CERT\.pem,KEY\.pem/],
	[['contribute', '--to', 'http://127.0.0.1:1'], 'missing-argument', /source is missing/],
	[['contribute', 'test'], 'missing-option', /--to is missing/],
	[['contribute', 'test', '--to', '127.0.0.1:7400'], 'bad-url', /expected an address such as http:/],
	[['contribute', 'test', '--to', 'ftp://127.0.0.1'], 'bad-url', /expected an address/],
	[['contribute', '', '--to', 'http://127.0.0.1:1'], 'empty-argument', /empty/],
	[['contribute', 'test', '--to', 'https://127.0.0.1:1', '--fingerprint', 'abc'], 'bad-fingerprint', /64 digits/],
	[['contribute', 'test', '--to', 'http://127.0.0.1:1', '--count', '1.5'], 'bad-option', /--count: expected a whole/],
	[['average'], 'missing-option', /--from is missing/],
	[['average', '--from', ''], 'bad-option', /--from: expected a value/],
	[['average', '--from', 'http://127.0.0.1:1', '--amplitude', '255'], 'unused-option', /--amplitude/],
	[['average', '--from', '.', '--amplitude', '128'], 'amplitude-too-small', /from 255 on/],
	[['keygen'], 'missing-option', /--out is missing/],
	[['keygen', '--out', 'k', '--rotate', '--force'], 'unused-option', /--rotate keeps.*--force destroys/],
	[['keygen', '--out', 'k', '--passphrase'], 'passphrase-needed', /no terminal.*VEILCAM_PASSPHRASE/],
	[['encrypt', 'a.png'], 'key-needed', /--key NAME\.key or --to NAME\.pub/],
	[['encrypt', 'a.png', '--key', 'k.key', '--to', 'k.pub'], 'key-needed', /one of them/],
	[['encrypt', 'x/a.png', 'y/a.png', '--key', 'k.key'], 'same-target', /a\.vct/],
	[['subtract', 'a.vct'], 'missing-argument', /b is missing/],
	[['decrypt', 'd.vct'], 'missing-option', /--key is missing/],
	[['decrypt', 'd.vct', '--key', 'k.key', '--of', 'a.vct'], 'bad-option', /--of: expected A,B/],
	[['decrypt', 'd.vct', '--key', 'k.key', '--threshold', '255'], 'bad-option', /--threshold.*254/],
	[['demo', '--count', '19'], 'bad-option', /--count: expected a whole number from 20/],
];

for (const [args, code, says] of mistakes) {
	test(`\`veilcam ${args.map((arg) => (arg === '' ? "''" : arg)).join(' ')}\` is a usage error, and writes no file`, async (t) => {
		const cwd = await temporaryFolder(t);
		const result = await runCli(t, [...args, '--json'], { cwd });
		const { hint, message, ...fields } = endingOf(t, result);
		t.is(result.code, 2, result.stdout);
		t.is(fields.event, 'error');
		t.regex(String(fields.code), new RegExp(`^(?:${code})$`));
		t.regex(`${String(message)} ${String(hint)}`, says);
		t.is(result.stderr, '');
		t.deepEqual(await readdir(cwd), []);
	});
}

test('an error is a line and a hint on stderr; the stack comes with --debug only', async (t) => {
	const [plain, debug] = await Promise.all([
		runCli(t, ['average', '--from', 'missing.db']),
		runCli(t, ['average', '--from', 'missing.db', '--debug']),
	]);
	t.is(plain.code, 3);
	t.is(plain.stdout, '');
	t.regex(plain.stderr, /^veilcam: missing\.db: there is no such file or folder\n {2}Give .*\n$/);
	t.is(debug.code, 3);
	t.regex(debug.stderr, /^ +at /m);
});
