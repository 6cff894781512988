import { UserError } from '../core/errors.js';
import type { TrustOptions } from './connect-to.js';

/** Throws: UserError for a token or a certificate, and no server to show it to. */
export function refuseUnusedTrust(options: TrustOptions & { readonly server: string | undefined }): void {
	const surplus = (['token', 'ca', 'fingerprint'] as const).find((name) => options[name] !== undefined);
	if (options.server !== undefined || surplus === undefined) return;
	throw new UserError('unused-option', `--${surplus} has no meaning without --server`, {
		hint: 'Name the subtractor with --server, or leave it out.',
	});
}
