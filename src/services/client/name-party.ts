import { BugError, DataError, PeerError, PolicyError, UserError, VeilcamError } from '../../core/errors.js';

/** Says in a sentence which of three parties went wrong; the family stays, so that the exit code does. */
export async function namingParty<Result>(party: number, work: () => Promise<Result>): Promise<Result> {
	try {
		return await work();
	} catch (error) {
		if (!(error instanceof VeilcamError)) throw error;
		const { code, message, hint } = error;
		const Family = [UserError, DataError, PolicyError, BugError].find((family) => error instanceof family) ?? PeerError;
		throw new Family(code, `party ${party}: ${message}`, { cause: error, ...(hint === undefined ? {} : { hint }) });
	}
}
