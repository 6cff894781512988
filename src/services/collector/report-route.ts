import type { IncomingMessage, ServerResponse } from 'node:http';
import { allowedMs as allowedMsFor, BODY_DEADLINE, type BodyDeadline } from '../body-deadline.js';
import { LEDGER_REFUSALS, OVERLOAD, refuse } from './report-answers.js';
import { checkReport, parseReportUrl, type ReportRules } from './report-request.js';
import type { LedgerClient } from './start-ledger.js';
import type { CollectorStats } from './stats.js';

const SWEEP_MS = 1000;
const NO_CONTENT = ['content-length', '0'];

export interface ReportRouteParts {
	readonly sessionName: string;
	readonly ledger: LedgerClient;
	readonly stats: CollectorStats;
	readonly mayEnter: (authorization: string | undefined) => boolean;
	readonly bodyDeadline?: BodyDeadline | undefined;
}

/**
 * `PUT /v1/sessions/:session/reports/:id`, beside the web framework: it is called tens of thousands of times per second.
 * The id is 128 bits in hexadecimal, with or without the dashes of a UUID. 201: counted; 200: was counted before.
 * Gives false for a request of another route.
 */
export function createReportRoute(parts: ReportRouteParts) {
	const { ledger, stats, bodyDeadline = BODY_DEADLINE } = parts;
	const rules: ReportRules = { ...parts, reportBytes: ledger.reportBytes };
	const allowedMs = allowedMsFor(bodyDeadline, rules.reportBytes);
	/** By slot: when its report has to be there, and the request that brings it. */
	const arriving: ({ readonly dueMs: number; readonly request: IncomingMessage } | undefined)[] = [];

	const sweep = setInterval(() => {
		const nowMs = performance.now();
		for (const arrival of arriving) {
			if (arrival === undefined || arrival.dueMs > nowMs) continue;
			stats.reject('too slow');
			arrival.request.destroy();
		}
	}, SWEEP_MS);
	sweep.unref();

	const receive = (request: IncomingMessage, response: ServerResponse, slot: number): void => {
		const body = ledger.body(slot);
		let filled = 0;
		arriving[slot] = { dueMs: performance.now() + allowedMs, request };
		/** True once: the slot is no longer this request's to fill. */
		const leave = (): boolean => {
			if (arriving[slot]?.request !== request) return false;
			arriving[slot] = undefined;
			return true;
		};
		if (request.headers.expect !== undefined) response.writeContinue();
		request.on('data', (chunk: Buffer) => {
			// the parser holds a body to its announced length; this keeps memory safe whatever happens
			if (filled + chunk.length > body.length || arriving[slot]?.request !== request) return;
			// filling a range with as many bytes copies them natively; `set` on shared memory is up to eight times slower
			body.fill(chunk, filled, filled + chunk.length);
			filled += chunk.length;
		});
		request.on('close', () => {
			if (leave()) ledger.release(slot);
		});
		request.on('end', () => {
			if (filled !== body.length || !leave()) return;
			ledger.submit(slot, (status) => {
				if (status === 'accepted') {
					stats.accepted++;
					response.writeHead(201, NO_CONTENT).end();
				} else if (status === 'duplicate') {
					stats.duplicates++;
					response.writeHead(200, NO_CONTENT).end();
				} else {
					refuse(request, response, stats, LEDGER_REFUSALS[status]);
				}
			});
		});
	};

	return (request: IncomingMessage, response: ServerResponse): boolean => {
		const named = request.method === 'PUT' ? parseReportUrl(request.url ?? '') : null;
		if (named === null) return false;
		const id = checkReport(request, named, rules);
		if ('status' in id) {
			refuse(request, response, stats, id);
			return true;
		}
		const slot = ledger.take(id);
		if (slot < 0) refuse(request, response, stats, OVERLOAD);
		else receive(request, response, slot);
		return true;
	};
}
