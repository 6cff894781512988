import { execFile } from 'node:child_process';
import { cp, mkdir, symlink, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import test from 'ava';
import { packageRoot } from './helpers/fixtures.js';
import { temporaryFolder } from './helpers/temp-folder.js';

/** A line of source at a place, and what the linter has to say about it; null where it is allowed. */
type Case = readonly [path: string, source: string, says: RegExp | null];

const arrows: readonly Case[] = [
	['src/core/image/arrow-1.ts', "export * from '../../services/sqlite.js';", /core imports nothing above it/],
	['src/core/camera/arrow-2.ts', "export * from '../../commands/index.js';", /core imports nothing above it/],
	['src/core/arrow-3.ts', "export * from '../tui/show.js';", /core imports nothing above it/],
	['src/core/arrow-4.ts', "export const load = () => import('../main.js');", /core imports nothing above it/],
	['src/core/average/arrow-5.ts', "export * from '../image/codec.js';", /runs in a browser/],
	['src/core/average/arrow-6.ts', "export * from '../npy.js';", /runs in a browser/],
	['src/core/average/arrow-7.ts', "export { readFile } from 'node:fs/promises';", /Node.js builtin/],
	['src/core/average/arrow-8.ts', 'export const bytes = Buffer.alloc(1);', /variable Buffer/],
	['src/core/average/arrow-9.ts', 'export const limit = process.env.LIMIT;', /process. global/],
	['src/services/collector/arrow-10.ts', "export * from '../../commands/paths.js';", /services import core only/],
	['src/services/arrow-11.ts', "export * from '../tui/reporters/reporter.js';", /services import core only/],
	['src/tui/arrow-12.ts', "export * from '../services/sqlite.js';", /tui shows events/],
	['src/tui/components/arrow-13.ts', "export * from '../../core/image/codec.js';", /tui shows events/],
	['src/tui/arrow-14.ts', "export * from '../commands/index.js';", /tui shows events/],
	['src/commands/arrow-15.ts', "export * from '../main.js';", /does not reach back/],
	['src/web/arrow-17.ts', "export * from '../services/bearer-token.js';", /web runs in a browser/],
	['src/web/arrow-18.ts', "export * from '../core/image/codec.js';", /web runs in a browser/],
	['src/web/arrow-19.ts', "export { readFile } from 'node:fs/promises';", /Node.js builtin/],
	['test/arrow-16.ts', "export * from '../dist/src/version.js';", /Import the source/],
];

const allowed: readonly Case[] = [
	['src/core/average/fine-1.ts', "export * from '../errors.js';", null],
	['src/core/average/fine-2.ts', "export type { Image } from '../image/image.js';", null],
	['src/core/image/fine-3.ts', "export { readFile } from 'node:fs/promises';", null],
	['src/services/collector/fine-4.ts', "export * from '../../core/npy.js';", null],
	['src/web/fine-7.ts', "export * from '../core/average/session.js';\nexport * from './other.js';", null],
	['src/tui/dashboards/fine-5.ts', "export type { ProgressEvent } from '../../core/events.js';", null],
	['src/commands/fine-6.ts', "export * from '../tui/show.js';\nexport * from '../services/sqlite.js';", null],
	['src/cli.ts', 'export const out = process.stdout;\nprocess.exitCode = 0;', null],
];

const importers: readonly (readonly [library: string, importer: string])[] = [
	['sharp', 'src/core/image/codec.ts'],
	['node-webcam', 'src/core/camera/webcam.ts'],
	['node-seal', 'src/core/subtract/seal.ts'],
	['libsql', 'src/services/sqlite.ts'],
	['selfsigned', 'src/services/self-signed.ts'],
	['yargs', 'src/parse-line.ts'],
	['fastify', 'src/services/collector/app.ts'],
	['prom-client', 'src/services/collector/metrics.ts'],
	['react', 'src/tui/store.ts'],
	['ink', 'src/tui/mount.ts'],
	['qr', 'src/core/qr-code.ts'],
];

const libraries: readonly Case[] = importers.flatMap(([library, importer]): Case[] => [
	[importer, `export * from '${library}';`, null],
	[`src/core/${library}-1.ts`, `export * from '${library}';`, /one place only/],
	[`src/core/average/${library}-2.ts`, `export * from '${library}/sub.js';`, /one place only/],
	[`src/commands/${library}-3.ts`, `export const load = () => import('${library}');`, /one place only/],
	[`src/core/camera/${library}-4.ts`, `export type * from '${library}';`, /one place only/],
]);

const globals: readonly Case[] = [
	['src/core/global-1.ts', 'export const draw = () => Math.random();', /can be predicted/],
	['test/global-2.ts', 'export const draw = () => Math.random();', /can be predicted/],
	['src/core/global-3.ts', "process.stdout.write('');", /Only src\/cli\.ts/],
	['src/commands/global-4.ts', 'process.exit(1);', /Only src\/cli\.ts/],
	['src/services/global-5.ts', 'process.exitCode = 1;', /Only src\/cli\.ts/],
	['src/tui/global-6.ts', "console.log('');", /console/],
];

test('the linter refuses each import against the arrows, and lets the arrows through', async (t) => {
	const cases = [...arrows, ...allowed, ...libraries, ...globals];
	const folder = await temporaryFolder(t);
	for (const name of ['biome.jsonc', '.gitignore', 'package.json', 'scripts/lint']) {
		await cp(join(packageRoot, name), join(folder, name), { recursive: true });
	}
	await symlink(join(packageRoot, 'node_modules'), join(folder, 'node_modules'));
	for (const [path, source] of cases) {
		await mkdir(dirname(join(folder, path)), { recursive: true });
		await writeFile(join(folder, path), `${source}\n`);
	}
	const said = await lint(folder);
	for (const [path, source, says] of cases) {
		const messages = (said.get(path) ?? []).filter((message) => OURS.test(message));
		if (says === null) t.deepEqual(messages, [], `${path}: ${source}`);
		else
			t.true(
				messages.some((message) => says.test(message)),
				`${path}: ${source} -> ${messages.join('; ')}`,
			);
	}
});

/** What the configuration itself says; other rules have words about such short files too. */
const OURS =
	/core imports nothing|runs in a browser|web runs|Node.js builtin|variable Buffer|process. global|services import|tui shows|reach back|Import the source|one place only|can be predicted|Only src|console/;

/** Messages of the linter by path. */
async function lint(folder: string): Promise<Map<string, string[]>> {
	const biome = join(packageRoot, 'node_modules', '@biomejs', 'biome', 'bin', 'biome');
	const args = [biome, 'lint', '--reporter=json', '--max-diagnostics=none', '.'];
	// it exits with 1 because it finds what it has to
	const { stdout } = await promisify(execFile)(process.execPath, args, { cwd: folder, maxBuffer: 1e8 }).catch(
		(error: unknown) => ({ stdout: error instanceof Error && 'stdout' in error ? String(error.stdout) : '' }),
	);
	const report: unknown = JSON.parse(stdout);
	const byPath = new Map<string, string[]>();
	for (const diagnostic of listIn(report, 'diagnostics')) {
		const path = textIn(fieldOf(diagnostic, 'location'), 'path').replaceAll('\\', '/');
		byPath.set(path, [...(byPath.get(path) ?? []), textIn(diagnostic, 'message')]);
	}
	return byPath;
}

function fieldOf(value: unknown, name: string): unknown {
	return typeof value === 'object' && value !== null
		? Object.entries(value).find(([key]) => key === name)?.[1]
		: undefined;
}

function listIn(value: unknown, name: string): readonly unknown[] {
	const list = fieldOf(value, name);
	return Array.isArray(list) ? list : [];
}

function textIn(value: unknown, name: string): string {
	return String(fieldOf(value, name));
}
