import { readPersonFile } from '../services/client/person-file.js';
import { readResumeFile } from '../services/client/resume-file.js';
import type { CommandResult } from './define-command.js';

/** What `contribute --resume` keeps, without the secret. Throws: DataError. */
export function inspectResume(file: string): CommandResult {
	const { url, session, total, settledCount } = readResumeFile(file);
	const text = `${file}: a run of contribute to session ${session} at ${url}, ${settledCount} of ${total} settled; keep it secret`;
	return { fields: { type: 'resume', url, session, total, settledCount }, text };
}

/** What `contribute --person` keeps: nothing of it can be shown. Throws: DataError. */
export function inspectPerson(file: string): CommandResult {
	readPersonFile(file);
	return {
		fields: { type: 'person' },
		text: `${file}: the secret that makes runs of contribute one person; keep it secret`,
	};
}
