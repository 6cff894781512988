import { copyFileSync, existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import test, { type ExecutionContext } from 'ava';
import { enrollFiles, guardRoom, highestNumber } from '../../src/commands/enroll-files.js';
import { removeNameless } from '../../src/commands/gallery-actions.js';
import { askGallery } from '../../src/commands/gallery-options.js';
import { encodeNpy } from '../../src/core/npy.js';
import { namesFile, readNames } from '../../src/services/client/names-file.js';
import { MAX_TEMPLATES } from '../../src/services/party/gallery-program.js';
import { commandContext } from '../helpers/command-context.js';
import { startThree } from '../helpers/party-services.js';
import { temporaryFolder } from '../helpers/temp-folder.js';

/** Files of two descriptors each. */
async function descriptorFiles(t: ExecutionContext, count: number): Promise<readonly string[]> {
	const folder = await temporaryFolder(t);
	return Array.from({ length: count }, (_, file) => {
		const values = Float32Array.from({ length: 256 }, (_value, i) => Math.sin(7.3 * i + file) / 10);
		const path = join(folder, `${file}.npy`);
		writeFileSync(path, encodeNpy({ values, shape: [2, 128] }));
		return path;
	});
}

test('clients that enroll at once in one folder or in two all come in, each with its names; who has no names can remove what is left', async (t) => {
	const { folder } = await startThree(t, {}, { keepGallery: true });
	const other = join(folder, 'other');
	mkdirSync(other);
	copyFileSync(join(folder, 'client.json'), join(other, 'client.json'));
	const files = await descriptorFiles(t, 3);
	const notes: string[] = [];
	const context = commandContext({ onNote: (line) => notes.push(line) });
	const enrolling = (name: string, parties: string, numbered = false) => {
		const unused = { box: undefined, largest: false, detector: 'ssd', privateModel: false } as const;
		return enrollFiles(name, files, { ...unused, parties, numbered, where: 'parties' }, context);
	};
	const ask = (parties: string) =>
		askGallery(parties, context, async (_client, { templates }) => templates.map(({ name }) => name));
	const outcomes = await Promise.all([
		enrolling('ada', folder),
		enrolling('bob', other),
		enrolling('team', folder, true),
		// who only looks disturbs nobody
		ask(folder).then(() => undefined),
	]);
	const whole = { templates: 6, held: 6 };
	t.deepEqual(outcomes, [whole, whole, { ...whole, numbers: { first: 1, last: 6 } }, undefined]);
	t.deepEqual(notes, []);
	const counted = (names: readonly (string | null)[]) => {
		const counts: Record<string, number> = {};
		for (const name of names) counts[String(name)] = (counts[String(name)] ?? 0) + 1;
		return counts;
	};
	const numbers = Object.fromEntries([1, 2, 3, 4, 5, 6].map((number) => [`team-${number}`, 1]));
	t.deepEqual(counted(await ask(folder)), { ada: 6, ...numbers, null: 6 });
	t.deepEqual(counted(await ask(other)), { bob: 6, null: 12 });
	t.deepEqual(counted(readNames(namesFile(folder)).map(({ name }) => name)), { ada: 6, ...numbers, null: 6 });
	const gone = { fields: { name: null, removed: 12 }, text: '12 templates without a name are removed' };
	t.deepEqual(await removeNameless(other, true, context), gone);
	t.deepEqual(counted(await ask(other)), { bob: 6 });
	for (const left of ['.old', '.lock']) t.false(existsSync(namesFile(folder) + left), left);
});

test('numbers go on behind the highest that there is', (t) => {
	const names = ['team', 'team-2', 'team-10', 'team-010', 'team-3b', 'steam-99', 'team-1.5', null];
	const templates = names.map((name, i) => ({ id: String(i), name }));
	t.is(highestNumber('team', templates), 10);
	t.is(highestNumber('tea', templates), 0);
	t.is(highestNumber('team', []), 0);
});

test('templates for which the gallery has no room are refused with what it holds', (t) => {
	t.notThrows(() => guardRoom(0, MAX_TEMPLATES));
	t.notThrows(() => guardRoom(MAX_TEMPLATES - 1, 1));
	t.throws(() => guardRoom(MAX_TEMPLATES - 1, 2), {
		code: 'gallery-full',
		message: '2 templates are too many: the gallery holds 1048575 of 1048576',
	});
});
