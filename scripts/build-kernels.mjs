// Compiles each assembly/<name>.ts to dist/wasm/<name>.wasm with the AssemblyScript compiler of this package.
import { mkdir, readdir, stat } from 'node:fs/promises';
import asc from 'assemblyscript/asc';

const root = new URL('../', import.meta.url).pathname;
const sources = (await readdir(`${root}assembly`)).filter((name) => name.endsWith('.ts'));
await mkdir(`${root}dist/wasm`, { recursive: true });

const modified = (path) =>
	stat(path).then(
		(found) => found.mtimeMs,
		() => 0,
	);

const shared = (await readdir(`${root}assembly/shared`)).map((name) => modified(`${root}assembly/shared/${name}`));
const newestShared = Math.max(0, ...(await Promise.all(shared)));

for (const source of sources) {
	const output = `dist/wasm/${source.replace(/\.ts$/, '.wasm')}`;
	const newest = Math.max(newestShared, await modified(`${root}assembly/${source}`));
	if ((await modified(`${root}${output}`)) > newest) continue;
	const { error, stderr } = await asc.main(
		[
			`assembly/${source}`,
			...['--outFile', output, '-O3', '--noAssert', '--runtime', 'stub', '--enable', 'simd,threads'],
			...['--importMemory', '--sharedMemory', '--maximumMemory', '65536', '--baseDir', root],
		],
		{},
	);
	if (error) {
		process.stderr.write(`${source}: ${error.message}\n${stderr.toString()}`);
		process.exitCode = 1;
	}
}
