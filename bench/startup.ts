// What `veilcam --help` costs over Node itself.
import { spawnSync } from 'node:child_process';
import { packagePath } from '../src/core/package-root.js';
import { median } from './wrk.js';

const RUNS = 21;

/** The table of this benchmark, in Markdown. */
export async function benchStartup(): Promise<string> {
	const cli = packagePath('dist', 'src', 'cli.js');
	const node: number[] = [];
	const help: number[] = [];
	for (let run = 0; run < RUNS; run++) {
		node.push(milliseconds(['-e', '0']));
		help.push(milliseconds([cli, '--help']));
	}
	const over = median(help.map((ms, i) => ms - node[i]));
	return [
		'| process | ms, median of 21, interleaved |',
		'| --- | --- |',
		`| \`node -e 0\` | ${median(node).toFixed(0)} |`,
		`| \`veilcam --help\` | ${median(help).toFixed(0)} |`,
		`| difference (at most 150 wanted) | ${over.toFixed(0)} |`,
	].join('\n');
}

function milliseconds(args: readonly string[]): number {
	const start = performance.now();
	const { status, stdout } = spawnSync(process.execPath, args);
	if (status !== 0 || (args[0] !== '-e' && !stdout.toString().includes('collect')))
		throw new Error(`${args.join(' ')} failed`);
	return performance.now() - start;
}
