// Bundles src/web for browsers into dist/web: the files that the collector serves, named by their content.
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { basename } from 'node:path';
import { build } from 'esbuild';

const root = new URL('../', import.meta.url).pathname;
const outdir = `${root}dist/web`;

const common = {
	absWorkingDir: root,
	bundle: true,
	minify: true,
	write: false,
	outdir,
	target: ['es2022', 'chrome100', 'firefox110', 'safari16'],
	entryNames: '[name]-[hash]',
	assetNames: '[name]-[hash]',
	logLevel: 'warning',
};

const [pages, worker] = await Promise.all([
	build({
		...common,
		format: 'esm',
		entryPoints: ['src/web/page.ts', 'src/web/wall.ts', 'src/web/styles/page.css', 'src/web/icon.svg'],
		loader: { '.svg': 'copy' },
	}),
	// a classic worker: every browser that has a camera has those
	build({ ...common, format: 'iife', entryPoints: ['src/web/salt-worker.ts'] }),
]);
const files = [...pages.outputFiles, ...worker.outputFiles];
const named = (pattern) => {
	const found = files.find(({ path }) => pattern.test(basename(path)));
	if (found === undefined) throw new Error(`no file like ${pattern}`);
	return `/assets/${basename(found.path)}`;
};

/** What browsers without scripts are told comes from the same file as all other texts. */
const texts = await build({ ...common, format: 'esm', entryPoints: ['src/web/texts/en.ts'] });
const { en } = await import(`data:text/javascript,${encodeURIComponent(texts.outputFiles[0].text)}`);

const template = await readFile(`${root}src/web/page.html`, 'utf8');
const filled = (script) =>
	template
		.replace('{{style}}', named(/^page-.*\.css$/))
		.replace('{{icon}}', named(/^icon-.*\.svg$/))
		.replace('{{worker}}', named(/^salt-worker-.*\.js$/))
		.replace('{{noScript}}', en.noScript)
		.replace('{{script}}', named(script));

await rm(outdir, { recursive: true, force: true });
await mkdir(`${outdir}/assets`, { recursive: true });
await Promise.all([
	...files.map(({ path, contents }) => writeFile(`${outdir}/assets/${basename(path)}`, contents)),
	writeFile(`${outdir}/page.html`, filled(/^page-.*\.js$/)),
	writeFile(`${outdir}/wall.html`, filled(/^wall-.*\.js$/)),
]);
