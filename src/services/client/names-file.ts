import { chmodSync, readFileSync, statSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { DataError } from '../../core/errors.js';
import { errorCode, fileError } from '../../core/image/file-errors.js';
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

/** The names that a client keeps, as it read them, and wrote them last. */
export interface NamesKeeper {
	readonly templates: readonly NamedTemplate[];
	/** Throws: DataError `names-changed` when another process has written the file meanwhile, and of `writeNames`. */
	replace(templates: readonly NamedTemplate[]): Promise<void>;
}

/** Reads the names for as long as they are worked with. Throws: as `readNames`. */
export function openNames(file: string): NamesKeeper {
	// each writing makes a new file
	const stamp = (): string => {
		const { ino, mtimeMs } = statSync(file, { throwIfNoEntry: false }) ?? {};
		return `${ino} ${mtimeMs}`;
	};
	let known = stamp();
	let templates = readNames(file);
	return {
		get templates() {
			return templates;
		},
		async replace(fresh) {
			if (stamp() !== known) {
				throw new DataError('names-changed', `${file}: another veilcam has changed the names meanwhile`, {
					hint: 'Run the command again; enroll for one gallery in one process at a time.',
				});
			}
			await writeNames(file, fresh);
			known = stamp();
			templates = fresh;
		},
	};
}

/** The same to look at: what replaces them stays in memory. Throws: as `readNames`. */
export function viewNames(file: string): NamesKeeper {
	let templates = readNames(file);
	return {
		get templates() {
			return templates;
		},
		async replace(fresh) {
			templates = fresh;
		},
	};
}

const OWN_FILE =
	'It is JSON with version and templates; take it from a backup, or move it away: ids stay, names are lost.';

/** The templates of a gallery in order; none where there is no file yet. Throws: DataError that names the file, with `hint`. */
export function readNames(file: string, hint = OWN_FILE): readonly NamedTemplate[] {
	let text: string;
	try {
		text = readFileSync(file, 'utf8');
	} catch (error) {
		if (errorCode(error) === 'ENOENT') return [];
		throw fileError(error, file, 'unreadable-file', 'cannot be read', 'Check its permissions.');
	}
	try {
		return parseNames(text);
	} catch (cause) {
		throw new DataError('bad-names', `${file}: not the names of a gallery`, {
			hint,
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

/** Writes the file, mode 0600, whole or not at all. Throws: DataError `missing-folder`, `unwritable-file`. */
export async function writeNames(file: string, templates: readonly NamedTemplate[]): Promise<void> {
	try {
		await replaceFile(file, false, async (temporary) => {
			await writeFile(temporary, `${JSON.stringify({ version: VERSION, templates })}\n`, { mode: 0o600 });
			chmodSync(temporary, 0o600);
		});
	} catch (error) {
		throw fileError(error, file, 'unwritable-file', 'cannot be written', 'Check its folder and the free space.');
	}
}
