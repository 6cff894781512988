import type { SharesParameters } from '../core/average/mechanism-parameters.js';
import {
	noiseFor,
	parsePromise,
	type ReleasePromise,
	rhoLeft,
	rhoOf,
	rmseOfRelease,
} from '../core/average/release-noise.js';
import { sampleCountOf } from '../core/average/session.js';
import type { SessionDescription } from '../core/average/session-description.js';
import { PeerError, PolicyError, UserError } from '../core/errors.js';
import { type Connection, SHORT_ANSWER_BYTES } from '../services/client/connection.js';
import { fetchReleases } from '../services/client/fetch-releases.js';
import { sessionPath } from '../services/client/fetch-session.js';
import { codeOf, messageOf } from '../services/client/upload-report.js';
import { confirm } from './confirm.js';
import type { CommandContext } from './define-command.js';

/** A release with noise that the options ask for. */
export interface WantedRelease {
	readonly epsilon: number;
	readonly delta: number;
	/** Undefined: as many as the session takes of one person. */
	readonly picturesPerPerson: number | undefined;
	/** Whether nothing is asked before the budget is spent. */
	readonly yes: boolean;
}

/** What the options ask for; null without --epsilon. Throws: UserError for the others without it. */
export function releaseFrom(options: {
	readonly epsilon: number | undefined;
	readonly delta: number | undefined;
	readonly picturesPerPerson: number | undefined;
	readonly yes: boolean;
}): WantedRelease | null {
	const { epsilon, delta = 1e-6, picturesPerPerson, yes } = options;
	if (epsilon !== undefined) return { epsilon, delta, picturesPerPerson, yes };
	for (const [flag, value] of [
		['--delta', options.delta],
		['--pictures-per-person', picturesPerPerson],
		['--yes', yes || undefined],
	]) {
		if (value !== undefined) throw new UserError('unused-option', `${flag} has no meaning without --epsilon`);
	}
	return null;
}

/**
 * Has the next batch released with noise; says what error to expect, and on a terminal asks, before anything is spent.
 * Throws: PolicyError where a party refuses or the user does, PeerError.
 */
export async function askForRelease(
	connection: Connection,
	session: SessionDescription,
	wanted: WantedRelease,
	context: CommandContext,
): Promise<void> {
	const { mechanism } = session;
	if (mechanism.kind !== 'shares') {
		throw new UserError('unused-option', '--epsilon: this session has its noise at the cameras', {
			hint: 'Leave --epsilon out.',
		});
	}
	const { epsilon, delta, picturesPerPerson = mechanism.picturesPerPerson ?? 1 } = wanted;
	const promise = parsePromise({ epsilon, delta, picturesPerPerson }, 'user');
	const releases = await fetchReleases(connection, session.name);
	const spent = releases.reduce((sum, { rho }) => sum + rho, 0);
	for (const line of expectation(session, mechanism, promise, spent)) context.reporter.note(line);
	if (!wanted.yes) await confirm('Spend that?', context);
	const path = `${sessionPath(session.name)}/releases`;
	const answer = await connection.send('POST', path, Buffer.from(JSON.stringify(promise)), SHORT_ANSWER_BYTES);
	if (answer.status === 403) {
		const { hint } = Object.assign({ hint: undefined }, answer.json());
		throw new PolicyError(codeOf(answer) ?? 'refused', messageOf(answer), {
			hint: `Nothing of the budget was spent.${typeof hint === 'string' ? ` ${hint}` : ''}`,
		});
	}
	if (answer.status !== 200) throw new PeerError('no-release', `${connection.url}: ${messageOf(answer)}`);
}

/** The error to expect of the next batch, and what it costs of what is left. */
function expectation(
	session: SessionDescription,
	{ bits, budget }: SharesParameters,
	promise: ReleasePromise,
	spent: number,
): string[] {
	const waiting = session.count - session.releasedCount;
	const { totalSigma, rho } = noiseFor(promise, bits, sampleCountOf(session));
	const { epsilon, delta, picturesPerPerson } = promise;
	const unit = picturesPerPerson === 1 ? 'a picture' : `a person of ${picturesPerPerson} pictures`;
	const error =
		waiting === 0
			? 'no picture waits'
			: `expected error ${rmseOfRelease(bits, waiting, totalSigma).toFixed(1)} gray levels (RMSE) from ${waiting} pictures`;
	const lines = [`epsilon ${epsilon}, delta ${delta} for ${unit}: ${error}`];
	if (budget !== null) {
		const [cost, left, whole] = [rho, rhoLeft(budget, spent), rhoOf(budget)].map((value) => value.toPrecision(3));
		lines.push(
			`it costs ${cost} of the ${left} that is left of the budget (rho; ${whole} in all, for epsilon ${budget.epsilon})`,
		);
	}
	return lines;
}
