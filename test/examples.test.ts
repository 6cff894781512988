import { copyFileSync, mkdirSync, readFileSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import test from 'ava';
import { commands } from '../src/commands/index.js';
import { endParties } from '../src/services/party/end-parties.js';
import { faces, packageRoot } from './helpers/fixtures.js';
import { type RunningCli, startCli } from './helpers/run-cli.js';
import { temporaryFolder } from './helpers/temp-folder.js';

/** Commands that run until they are ended. */
const SERVERS: ReadonlyMap<string, string> = new Map([
	['collect', 'listening'],
	['subtractor', 'listening'],
	['parties up', 'ready'],
]);
/** Examples that need a device, or machines, which may be lacking, and those that tests of their own run: they are not run. */
const NOT_HERE = /\bwebcam\b|^veilcam party |^veilcam demo\b/;

/** Lines of the blocks that are marked "sh examples", in order. */
function readmeLines(): string[] {
	const blocks = readFileSync(join(packageRoot, 'README.md'), 'utf8').matchAll(/^```sh examples\n(.*?)^```$/gms);
	return [...blocks].flatMap(([, text]) => text.split('\n').filter((line) => line !== ''));
}

/** As a shell would split it: the examples use no quotes, variables or pipes. */
function split(line: string): string[] {
	if (!line.startsWith('veilcam ') || /["'$|<>;&`\\]/.test(line))
		throw new Error(`an example that needs a shell: ${line}`);
	return line.split(/\s+/).slice(1);
}

function isTaken(port: number): Promise<boolean> {
	return new Promise((resolve) => {
		const socket = connect(port, '127.0.0.1');
		socket.on('connect', () => {
			socket.destroy();
			resolve(true);
		});
		socket.on('error', () => resolve(false));
	});
}

/** The ports of the examples, each with one that is free here. */
async function freePorts(lines: readonly string[]): Promise<Map<string, string>> {
	const ports = new Map<string, string>();
	const named = new Set(lines.flatMap((line) => line.match(/\b7\d{3}\b/g) ?? []));
	let next = 17_400;
	for (const port of ['7400', ...named]) {
		let free = Number(port);
		while (await isTaken(free)) free = next++;
		ports.set(port, String(free));
	}
	return ports;
}

/** The event by which a command that runs until it is ended says that it is ready. */
function readyEvent(args: readonly string[]): string | undefined {
	const [command = '', what = ''] = args;
	if (args.includes('--detach')) return;
	return SERVERS.get(command) ?? SERVERS.get(`${command} ${what}`);
}

const helpLines = commands.flatMap(({ examples }) => examples.map(({ line }) => `veilcam ${line}`));

for (const [where, lines] of Object.entries({ help: helpLines, 'the README': readmeLines() })) {
	test.serial(`every example of ${where} works as pasted, one after the other, in an empty folder`, async (t) => {
		t.timeout(300_000);
		const cwd = await temporaryFolder(t);
		// what the user brings
		copyFileSync(join(packageRoot, 'fixtures', 'models', 'mobile.onnx'), join(cwd, 'net.onnx'));
		for (const name of ['ada.jpg', 'door.jpg']) copyFileSync(faces[0], join(cwd, name));
		// what an example left in the background, if another one failed before its end
		t.teardown(() => endParties(join(cwd, 'background'), new AbortController().signal));
		for (const [name, picture] of Object.entries({ ada: faces[0], bob: faces[5] })) {
			mkdirSync(join(cwd, 'people', name), { recursive: true });
			for (const file of ['1.jpg', '2.jpg']) copyFileSync(picture, join(cwd, 'people', name, file));
		}
		const ports = await freePorts(lines);
		const servers: RunningCli[] = [];
		const start = async (args: readonly string[]): Promise<void> => {
			const server = startCli(t, [...args, '--json'], { cwd });
			await server.until(readyEvent(args) ?? '');
			servers.push(server);
		};
		const place = (line: string): string[] => {
			const args = split(line).map((arg) => arg.replace(/\b7\d{3}\b/g, (port) => ports.get(port) ?? port));
			if (args[0] === 'parties' && args[1] === 'up' && !args.includes('--base-port'))
				return [...args, '--base-port', '0'];
			const isDefault = args[0] === 'collect' && !args.includes('--port') && ports.get('7400') !== '7400';
			return isDefault ? [...args, '--port', ports.get('7400') ?? ''] : args;
		};
		for (const line of lines.filter((text) => !NOT_HERE.test(text))) {
			const args = place(line);
			if (readyEvent(args) !== undefined) {
				await start(args);
				continue;
			}
			const { code, stdout, stderr } = await startCli(t, args, { cwd }).ended;
			t.is(code, 0, `veilcam ${args.join(' ')}\n${stdout}${stderr}`);
		}
		for (const server of servers) {
			const { code, events } = await server.end();
			t.is(code, 130);
			t.is(events.at(-1)?.event, 'result');
		}
		t.true(lines.length >= 5);
	});
}

test('every command has two examples at least, and each begins with its name', (t) => {
	for (const { name, examples } of commands) {
		t.true(examples.length >= 2);
		for (const { line, says } of examples) {
			t.is(line.split(' ')[0], name);
			t.true(says.length > 0);
		}
	}
});
