import type { SharesParameters } from '../core/average/mechanism-parameters.js';
import { peopleFor } from '../core/average/plan.js';
import { describeDelta } from '../core/average/privacy-figure.js';
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
import { epsilonOfZcdp } from '../core/average/zcdp.js';
import { PeerError, PolicyError, UserError } from '../core/errors.js';
import { type Connection, SHORT_ANSWER_BYTES } from '../services/client/connection.js';
import { fetchReleases, type ToldReleases } from '../services/client/fetch-releases.js';
import { sessionPath } from '../services/client/fetch-session.js';
import { codeOf, messageOf } from '../services/client/upload-report.js';
import type { Reporter } from '../tui/reporters/reporter.js';
import { confirm, type Terminal } from './confirm.js';

/** Gray levels that hardly show in a picture. */
const GOOD_ERROR_GRAY = 5;

const GOES_ON =
	'the servers go on: the release is charged when it is there, and `veilcam average` without --epsilon fetches it';

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

const NOT_SPENT = {
	message: 'nothing was released, and nothing of the budget was spent',
	hint: 'Answer y, or give --yes.',
};

/**
 * Has the next batch released with noise; says what error to expect, and on a terminal asks, before anything is spent.
 * Throws: PolicyError where a party refuses or the user does, PeerError.
 */
export async function askForRelease(
	connection: Connection,
	session: SessionDescription,
	wanted: WantedRelease,
	context: Terminal & { readonly quiet: boolean; readonly reporter: Pick<Reporter, 'note'> },
): Promise<void> {
	const { mechanism } = session;
	if (mechanism.kind !== 'shares') {
		throw new UserError('unused-option', '--epsilon: this session has its noise at the cameras', {
			hint: 'Leave --epsilon out.',
		});
	}
	const { epsilon, delta, picturesPerPerson = mechanism.picturesPerPerson ?? 1 } = wanted;
	const promise = parsePromise({ epsilon, delta, picturesPerPerson }, 'user');
	const releases = await fetchReleases(connection, session.name, { isFresh: true });
	const { lines, isBeyondBudget } = expectation(session, mechanism, promise, releases);
	for (const line of lines) context.reporter.note(line);
	if (!wanted.yes && !isBeyondBudget) {
		// the figures belong to the question: --quiet drops notes
		await confirm([...(context.quiet ? lines : []), 'Spend that?'].join('\n'), NOT_SPENT, context);
	}
	const path = `${sessionPath(session.name)}/releases`;
	const body = Buffer.from(JSON.stringify(promise));
	const answer = await connection.send('POST', path, body, SHORT_ANSWER_BYTES).catch((error: unknown) => {
		if (context.abort.signal.aborted) context.reporter.note(GOES_ON);
		throw error;
	});
	if (answer.status === 200) return;
	const { hint } = Object.assign({ hint: undefined }, answer.json());
	if (answer.status === 403) {
		throw new PolicyError(codeOf(answer) ?? 'refused', messageOf(answer), {
			hint: `Nothing of the budget was spent.${typeof hint === 'string' ? ` ${hint}` : ''}`,
		});
	}
	throw new PeerError('no-release', `${connection.url}: ${messageOf(answer)}`, {
		hint: 'Ask again with the same figures: what was begun goes on, and is charged once.',
	});
}

/** The error to expect of the next average, how many pictures would make it small, and what it costs of what is left. */
function expectation(
	session: SessionDescription,
	{ bits, budget }: SharesParameters,
	promise: ReleasePromise,
	{ batches: releases, waiting }: ToldReleases,
): { readonly lines: readonly string[]; readonly isBeyondBudget: boolean } {
	const samples = sampleCountOf(session);
	const { totalSigma, rho } = noiseFor(promise, bits, samples);
	const { epsilon, delta, picturesPerPerson } = promise;
	const unit = picturesPerPerson === 1 ? 'a picture' : `a person of ${picturesPerPerson} pictures`;
	const asked = `epsilon ${epsilon}, delta ${describeDelta(delta)} for ${unit}`;
	if (waiting === 0) return { lines: [`${asked}: no picture waits`], isBeyondBudget: false };
	const errorOf = (count: number, sigma = totalSigma): number => rmseOfRelease(bits, count, sigma);
	const lines = [`${asked}: expected error ${errorOf(waiting).toFixed(1)} gray levels (RMSE) from ${waiting} pictures`];
	if (releases.length > 0) {
		// each picture of the average counts as much as any other, so that noise of earlier batches stays in it
		const before = releases.map((past) =>
			past.promise === null ? 0 : noiseFor(past.promise, bits, samples).totalSigma,
		);
		const count = releases.reduce((sum, past) => sum + past.count, waiting);
		const all = errorOf(count, Math.hypot(totalSigma, ...before)).toFixed(1);
		lines.push(`the average is of all ${count}, with the noise of earlier releases: expected error ${all}`);
	}
	const enough = peopleFor(errorOf, GOOD_ERROR_GRAY);
	if (enough !== null && enough > waiting) {
		lines.push(`an error of ${GOOD_ERROR_GRAY} takes a release of ${enough.toLocaleString('en')} pictures`);
	}
	let isBeyondBudget = false;
	if (budget !== null) {
		const spent = releases.reduce((sum, past) => sum + past.rho, 0);
		const rhoLeftOver = rhoLeft(budget, spent);
		const [cost, left, whole] = [rho, rhoLeftOver, rhoOf(budget)].map((value) => value.toPrecision(3));
		lines.push(
			`it costs ${cost} of the ${left} that is left of the budget (rho; ${whole} in all, for epsilon ${budget.epsilon})`,
		);
		isBeyondBudget = rho > rhoLeftOver;
		if (isBeyondBudget) {
			const most = Math.floor(1000 * epsilonOfZcdp(rhoLeftOver, delta)) / 1000;
			const allowed = most > 0 ? `what is left allows at most --epsilon ${most}` : 'nothing is left';
			lines.push(`that is refused: at delta ${describeDelta(delta)} ${allowed}`);
		}
	}
	return { lines, isBeyondBudget };
}
