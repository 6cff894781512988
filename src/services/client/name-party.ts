import { BugError, DataError, PeerError, PolicyError, UserError, VeilcamError } from '../../core/errors.js';

/**
 * Says in a sentence which of three parties went wrong; the family stays, so that the exit code does. `hints` by the
 * error's code take the place of what is said to somebody who runs the server.
 */
export async function namingParty<Result>(
	party: number,
	work: () => Promise<Result>,
	hints: Readonly<Record<string, string>> = {},
): Promise<Result> {
	try {
		return await work();
	} catch (error) {
		if (!(error instanceof VeilcamError)) throw error;
		const { code, message } = error;
		const hint = hints[code] ?? error.hint;
		const Family = [UserError, DataError, PolicyError, BugError].find((family) => error instanceof family) ?? PeerError;
		throw new Family(code, `party ${party}: ${message}`, { cause: error, ...(hint === undefined ? {} : { hint }) });
	}
}
