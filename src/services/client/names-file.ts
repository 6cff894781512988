import { chmodSync, existsSync, readFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { DataError } from '../../core/errors.js';
import { replaceFile } from '../../core/replace-file.js';

/** A template as the client knows it: the parties know its id alone. */
export interface NamedTemplate {
	readonly id: string;
	/** Null where another client enrolled it. */
	readonly name: string | null;
}

const NAMES_FILE = 'names.json';
const VERSION = 1;

export function namesFile(folder: string): string {
	return join(folder, NAMES_FILE);
}

/** The templates of a gallery in order; none where there is no file yet. Throws: DataError that names the file. */
export function readNames(file: string): readonly NamedTemplate[] {
	if (!existsSync(file)) return [];
	try {
		return parseNames(readFileSync(file, 'utf8'));
	} catch (cause) {
		throw new DataError('bad-names', `${file}: not the names of a gallery`, {
			hint: 'It is JSON with version and templates; take it from a backup, or remove it: ids stay, names are lost.',
			cause,
		});
	}
}

/** Throws: RangeError for anything else than `writeNames` writes. */
function parseNames(text: string): readonly NamedTemplate[] {
	const fields: { version?: unknown; templates?: unknown } = Object(JSON.parse(text));
	if (fields.version !== VERSION || !Array.isArray(fields.templates)) throw new RangeError('version or templates');
	return fields.templates.map((entry: unknown) => {
		const { id, name }: { id?: unknown; name?: unknown } = Object(entry);
		if (typeof id !== 'string' || !/^[0-9a-f]{32}$/.test(id)) throw new RangeError('id');
		if (typeof name !== 'string' && name !== null) throw new RangeError('name');
		return { id, name };
	});
}

/** Writes the file, mode 0600, whole or not at all. */
export async function writeNames(file: string, templates: readonly NamedTemplate[]): Promise<void> {
	await replaceFile(file, false, async (temporary) => {
		await writeFile(temporary, `${JSON.stringify({ version: VERSION, templates })}\n`, { mode: 0o600 });
		chmodSync(temporary, 0o600);
	});
}
