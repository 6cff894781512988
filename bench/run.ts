// Runs every benchmark, or those named, prints their tables, and puts them into bench/RESULTS.md.
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { packagePath } from '../src/core/package-root.js';
import { benchCollect } from './collect.js';
import { benchFace } from './face.js';
import { benchKernels } from './kernels.js';
import { benchMatch } from './match.js';
import { benchMechanisms } from './mechanisms.js';
import { benchMotion } from './motion.js';
import { benchMpc } from './mpc.js';
import { benchMpcKernels } from './mpc-kernels.js';
import { benchOnnx } from './onnx.js';
import { benchRoom } from './room.js';
import { benchShares } from './shares.js';
import { benchStartup } from './startup.js';
import { benchSubtract } from './subtract.js';
import { benchSubtractor } from './subtractor.js';

const benchmarks: Record<string, { title: string; run: () => Promise<string> }> = {
	startup: { title: 'Start-up', run: benchStartup },
	kernels: { title: 'Kernels', run: benchKernels },
	mechanisms: { title: 'Mechanisms', run: benchMechanisms },
	'mpc-kernels': { title: 'Kernels on shares', run: benchMpcKernels },
	mpc: { title: 'Three parties', run: benchMpc },
	face: { title: 'One face descriptor', run: benchFace },
	onnx: { title: 'Imported networks', run: benchOnnx },
	match: { title: 'One face against a million', run: benchMatch },
	subtract: { title: 'Encrypted subtraction', run: benchSubtract },
	subtractor: { title: 'Subtracting over HTTP', run: benchSubtractor },
	motion: { title: 'Motion scores', run: benchMotion },
	shares: { title: 'Averages on shares', run: benchShares },
	collect: { title: 'Durable ingest', run: benchCollect },
	room: { title: 'A room of phones', run: benchRoom },
};

const file = packagePath('bench', 'RESULTS.md');
const asked = process.argv.slice(2);
for (const name of asked.length > 0 ? asked : Object.keys(benchmarks)) {
	const { title, run } = benchmarks[name];
	const table = await run();
	const [cpu] = cpus();
	const about = `\`npm run bench ${name}\`, Node ${process.versions.node}, ${cpus().length} x ${cpu.model}, ${new Date().toISOString().slice(0, 10)}`;
	const section = `## ${title}\n\n${about}\n\n${table.trim()}\n`;
	process.stdout.write(`${section}\n`);
	const head =
		'# Benchmark results\n\nMedians; ratios are taken within one run. The machine is shared: trust ratios, not milliseconds.\n';
	const old = existsSync(file) ? readFileSync(file, 'utf8') : head;
	const pattern = new RegExp(`## ${title}\\n[^]*?(?=\\n## |$)`);
	writeFileSync(file, pattern.test(old) ? old.replace(pattern, section) : `${old.trimEnd()}\n\n${section}`);
}
