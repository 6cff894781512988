import type { IncomingMessage, ServerResponse } from 'node:http';
import { createMechanism } from '../../core/average/mechanism.js';
import { SEAL_BYTES } from '../../core/average/sealed-share.js';
import { type SessionParameters, sampleCountOf } from '../../core/average/session.js';
import type { SharesTarget } from '../../core/average/session-description.js';
import { shareLengths } from '../../core/average/share-planes.js';
import { PolicyError } from '../../core/errors.js';
import { type Answer, type Connection, openConnection, SHORT_ANSWER_BYTES } from '../client/connection.js';
import { messageOf } from '../client/upload-report.js';
import { readBody } from '../shares/plain-http.js';
import { OVERLOAD, type Refusal, refuse } from './report-answers.js';
import { checkReport } from './report-request.js';
import type { CollectorStats } from './stats.js';

export interface SharesRelay {
	/** Answers a request that is for it; false for others. */
	route(request: IncomingMessage, response: ServerResponse): boolean;
	close(): void;
}

interface RelayParts {
	readonly session: SessionParameters;
	readonly target: SharesTarget;
	readonly stats: CollectorStats;
	readonly mayEnter: (authorization: string | undefined) => boolean;
}

const ROUTE = /^\/v1\/sessions\/([^/?]+)\/shares\/([^/?]*)\/([012])$/;
const MAX_ARRIVING_BYTES = 48 * 1024 * 1024;
/** Requests under way to each party. */
const CONCURRENCY = 16;

/**
 * `PUT /v1/sessions/:session/shares/:id/:party`: takes what a page has sealed to a party there, and brings the answer back.
 * A page cannot pin the parties' certificates; this front can, and cannot open what it carries.
 * Throws: PeerError for a party that does not answer, PolicyError for another certificate.
 */
export async function openSharesRelay({ session, target, stats, mayEnter }: RelayParts): Promise<SharesRelay> {
	const connections: Connection[] = await Promise.all(
		target.parties.map(({ url, fingerprint }) =>
			openConnection({ url, fingerprint, token: target.uploadToken, concurrency: CONCURRENCY }),
		),
	);
	const planesBytes = createMechanism(session.mechanism).reportBytes(sampleCountOf(session));
	const lengths = shareLengths(planesBytes).map((bytes) => bytes + SEAL_BYTES);
	let arrivingBytes = 0;

	const carry = async (party: number, id: string, body: Uint8Array): Promise<Answer | Refusal> => {
		const path = `/v1/shares/${encodeURIComponent(session.name)}/sealed/${id}`;
		try {
			const answer = await connections[party].send('PUT', path, body, SHORT_ANSWER_BYTES);
			return PASSED.has(answer.status) ? answer : awayOf(party, messageOf(answer));
		} catch (error) {
			const isOther = error instanceof PolicyError;
			return awayOf(party, isOther ? 'it has another certificate than this room knows' : 'it does not answer');
		}
	};
	const take = async (request: IncomingMessage, response: ServerResponse, party: number, id: Buffer) => {
		if (request.headers.expect !== undefined) response.writeContinue();
		arrivingBytes += lengths[party];
		try {
			const body = await readBody(request, { exactly: lengths[party] });
			const answer = await carry(party, id.toString('hex'), body);
			if ('cause' in answer) return refuse(request, response, stats, answer);
			if (answer.status === 200 && party === 0) stats.duplicates++;
			if (answer.status === 409) stats.reject('conflict');
			if (answer.status === 400) stats.reject('not sealed');
			pass(response, answer);
		} finally {
			arrivingBytes -= lengths[party];
		}
	};
	return {
		route(request, response) {
			const match = request.method === 'PUT' ? ROUTE.exec(request.url ?? '') : null;
			if (match === null) return false;
			const [, name, idText, digit] = match;
			const party = Number(digit);
			const rules = { sessionName: session.name, reportBytes: lengths[party], mayEnter };
			const id = checkReport(request, { session: name, idText }, rules);
			if ('status' in id) {
				refuse(request, response, stats, id);
			} else if (arrivingBytes + lengths[party] > MAX_ARRIVING_BYTES) {
				refuse(request, response, stats, OVERLOAD);
			} else {
				take(request, response, party, id).catch(() => {
					// the only thing that throws is a body that did not come whole: nobody waits for an answer
					stats.reject('too slow');
					response.destroy();
				});
			}
			return true;
		},
		close() {
			for (const connection of connections) connection.close();
		},
	};
}

/** Answers that say something about the picture; all others are about the party and this front. */
const PASSED: ReadonlySet<number> = new Set([200, 201, 400, 403, 409, 429, 503]);

function awayOf(party: number, why: string): Refusal {
	return { status: 502, cause: 'party away', message: `party ${party}: ${why}`, retryAfterS: 1 };
}

function pass(response: ServerResponse, { status, headers, body }: Answer): void {
	const retryAfter = headers['retry-after'];
	if (retryAfter !== undefined) response.setHeader('retry-after', retryAfter);
	response.writeHead(status, { 'content-type': 'application/json', 'content-length': body.length });
	response.end(body);
}
