import { UserError } from '../core/errors.js';
import type { AskOptions } from './ask-subtractor.js';

/** Throws: UserError for what is about a server, and no server. */
export function refuseUnusedTrust(options: AskOptions & { readonly server: string | undefined }): void {
	const surplus = (['token', 'ca', 'fingerprint', 'retryFor'] as const).find((name) => options[name] !== undefined);
	if (options.server !== undefined || surplus === undefined) return;
	throw new UserError(
		'unused-option',
		`--${surplus === 'retryFor' ? 'retry-for' : surplus} has no meaning without --server`,
		{
			hint: 'Name the subtractor with --server, or leave it out.',
		},
	);
}
