import { noiseFor, parsePromise, type ReleasePromise, rmseOfNoise } from '../core/average/release-noise.js';
import { sampleCountOf } from '../core/average/session.js';
import type { SessionDescription } from '../core/average/session-description.js';
import { PeerError, PolicyError, UserError } from '../core/errors.js';
import { type Connection, SHORT_ANSWER_BYTES } from '../services/client/connection.js';
import { sessionPath } from '../services/client/fetch-session.js';
import { messageOf } from '../services/client/upload-report.js';
import type { Reporter } from '../tui/reporters/reporter.js';

/** What the options ask for; null without --epsilon. Throws: UserError for the others without it. */
export function promiseFrom(options: {
	readonly epsilon: number | undefined;
	readonly delta: number | undefined;
	readonly picturesPerPerson: number | undefined;
}): ReleasePromise | null {
	const { epsilon, delta = 1e-6, picturesPerPerson = 1 } = options;
	if (epsilon !== undefined) return parsePromise({ epsilon, delta, picturesPerPerson }, 'user');
	for (const [flag, value] of [
		['--delta', options.delta],
		['--pictures-per-person', options.picturesPerPerson],
	]) {
		if (value !== undefined) throw new UserError('unused-option', `${flag} has no meaning without --epsilon`);
	}
	return null;
}

/**
 * Has the next batch released with noise; says what error to expect before anything is spent.
 * Throws: PolicyError where a party refuses, PeerError.
 */
export async function askForRelease(
	connection: Connection,
	session: SessionDescription,
	promise: ReleasePromise,
	reporter: Reporter,
): Promise<void> {
	const { mechanism } = session;
	if (mechanism.kind !== 'shares') {
		throw new UserError('unused-option', '--epsilon: this session has its noise at the cameras', {
			hint: 'Leave --epsilon out.',
		});
	}
	const waiting = session.count - session.releasedCount;
	const { totalSigma, rho } = noiseFor(promise, mechanism.bits, sampleCountOf(session));
	const unit = promise.picturesPerPerson === 1 ? 'a picture' : `a person of ${promise.picturesPerPerson} pictures`;
	const expected = waiting === 0 ? 'no' : rmseOfNoise(mechanism.bits, waiting, totalSigma).toFixed(1);
	reporter.note(
		`epsilon ${promise.epsilon}, delta ${promise.delta} for ${unit}: expected error ${expected} gray levels (RMSE) ` +
			`from ${waiting} pictures, for rho ${rho.toPrecision(3)} of the budget`,
	);
	const path = `${sessionPath(session.name)}/releases`;
	const answer = await connection.send('POST', path, Buffer.from(JSON.stringify(promise)), SHORT_ANSWER_BYTES);
	if (answer.status === 403) {
		const { error } = Object.assign({ error: 'refused' }, answer.json());
		throw new PolicyError(String(error), messageOf(answer), { hint: 'Nothing of the budget was spent.' });
	}
	if (answer.status !== 200) throw new PeerError('no-release', `${connection.url}: ${messageOf(answer)}`);
}
