import { existsSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { DataError } from '../../core/errors.js';
import { SEED_BYTES } from './report-seed.js';

const MAGIC = 'veilcam-contribute';
const VERSION = 1;

/** Which run a resume file belongs to: all of it has to agree for the run to go on. */
export interface RunIdentity {
	readonly url: string;
	readonly session: string;
	readonly sources: readonly string[];
	readonly total: number;
}

/** A run that can go on after it was interrupted: its secret, and how many reports are settled from the first on. */
export interface ResumeFile {
	readonly secret: Uint8Array;
	readonly settledCount: number;
	/** True when an earlier run left it. */
	readonly continues: boolean;
	/** Reports 0..count-1 are settled. Written so that a reader sees the old state or the new one. */
	save(settledCount: number): void;
	/** The run is complete: the secret goes. */
	remove(): void;
}

/**
 * Opens or makes the file of a run (0600: it holds the secret of the run's noise).
 * Throws: DataError for a file of another run, or one that is no resume file.
 */
export function openResumeFile(file: string, identity: RunIdentity, freshSecret: Uint8Array): ResumeFile {
	const kept = existsSync(file) ? read(file, identity) : null;
	const secret = kept?.secret ?? freshSecret;
	const save = (settledCount: number): void => {
		const state = { magic: MAGIC, version: VERSION, ...identity, settledCount, secret: hex(secret) };
		try {
			writeFileSync(`${file}.new`, `${JSON.stringify(state)}\n`, { mode: 0o600 });
			renameSync(`${file}.new`, file);
		} catch (cause) {
			throw new DataError('resume-not-written', `${file}: cannot be written`, {
				hint: 'Give --resume a file in a folder that you may write to.',
				cause,
			});
		}
	};
	if (kept === null) save(0);
	return {
		secret,
		settledCount: kept?.settledCount ?? 0,
		continues: kept !== null,
		save,
		remove: () => rmSync(file, { force: true }),
	};
}

/** Whose run a file is, and how far. Throws: DataError for a file that is no resume file. */
export function readResumeFile(file: string): RunIdentity & { secret: Uint8Array; settledCount: number } {
	let state: Record<string, unknown>;
	try {
		state = Object.assign({}, JSON.parse(readFileSync(file, 'utf8')));
	} catch (cause) {
		throw new DataError('not-a-resume-file', `${file}: not a resume file`, { hint: 'Name another file.', cause });
	}
	if (state.magic !== MAGIC || state.version !== VERSION) {
		throw new DataError('not-a-resume-file', `${file}: not a resume file of this version`, {
			hint: 'Name another file.',
		});
	}
	const { url, session, sources, total } = state;
	const secret = Buffer.from(String(state.secret), 'hex');
	const settledCount = Number(state.settledCount);
	const isWhole =
		typeof url === 'string' && typeof session === 'string' && typeof total === 'number' && Array.isArray(sources);
	if (!isWhole || secret.length !== SEED_BYTES || !Number.isInteger(settledCount) || settledCount < 0) {
		throw new DataError('not-a-resume-file', `${file}: damaged`, { hint: 'Name another file.' });
	}
	return { url, session, total, sources: sources.map(String), secret: Uint8Array.from(secret), settledCount };
}

/** The state of the run that is meant. Throws: DataError for a file of another run, and those of `readResumeFile`. */
function read(file: string, identity: RunIdentity): { secret: Uint8Array; settledCount: number } {
	const state = readResumeFile(file);
	for (const name of ['url', 'session', 'sources', 'total'] as const) {
		if (JSON.stringify(state[name]) !== JSON.stringify(identity[name])) {
			throw new DataError('other-run', `${file}: belongs to a run with another ${name}`, {
				hint: 'Repeat that run with the options that it had, or name another file.',
			});
		}
	}
	return state;
}

function hex(bytes: Uint8Array): string {
	return Buffer.from(bytes).toString('hex');
}
