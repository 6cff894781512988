import type { IncomingMessage, ServerResponse } from 'node:http';
import type { LedgerClient } from './start-ledger.js';
import type { CollectorStats, RejectionCause } from './stats.js';

const ROUTE = /^\/v1\/sessions\/([^/?]+)\/reports\/([^/?]*)(?:\?.*)?$/;
const ID = /^[0-9a-f]{32}$|^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;
/** A refused request's body is read and dropped up to here, so that its sender can read the answer. */
const DRAIN_BYTES = 1024 * 1024;
/** A report has to arrive within this time, and no slower than this rate, or its slot goes to somebody else. */
const BODY_DEADLINE: BodyDeadline = { baseMs: 10_000, bytesPerSecond: 32_768 };

export interface BodyDeadline {
	readonly baseMs: number;
	readonly bytesPerSecond: number;
}

const SWEEP_MS = 1000;

interface Answer {
	readonly status: number;
	readonly cause?: RejectionCause;
	readonly message: string;
	readonly retryAfterS?: number;
}

export interface ReportRouteParts {
	readonly sessionName: string;
	readonly ledger: LedgerClient;
	readonly stats: CollectorStats;
	readonly mayEnter: (authorization: string | undefined) => boolean;
	readonly bodyDeadline?: BodyDeadline | undefined;
}

const NO_CONTENT = ['content-length', '0'];

/**
 * `PUT /v1/sessions/:session/reports/:id`, beside the web framework: it is called thousands of times per second.
 * The id is 128 bits in hexadecimal, with or without the dashes of a UUID. 201: counted; 200: was counted before. Gives false for a request of another route.
 */
export function createReportRoute(parts: ReportRouteParts) {
	const { sessionName, ledger, stats, mayEnter, bodyDeadline = BODY_DEADLINE } = parts;
	const { reportBytes } = ledger;
	const deadlineMs = bodyDeadline.baseMs + (reportBytes / bodyDeadline.bytesPerSecond) * 1000;

	const check = (request: IncomingMessage, session: string, idText: string): Answer | null => {
		const { headers } = request;
		if (!mayEnter(headers.authorization)) {
			return { status: 401, cause: 'no token', message: 'the token is missing or wrong' };
		}
		if (session !== sessionName) {
			return { status: 404, cause: 'wrong session', message: 'there is no session of this name here' };
		}
		if (!ID.test(idText)) {
			return { status: 400, cause: 'wrong id', message: 'id: expected 128 bits in hexadecimal' };
		}
		const type = headers['content-type'];
		if (type !== undefined && !/^application\/octet-stream\s*(?:;|$)/i.test(type)) {
			return { status: 415, cause: 'wrong type', message: 'content type: expected application/octet-stream' };
		}
		const length = headers['content-length'];
		if (length === undefined) {
			return { status: 411, cause: 'wrong length', message: 'content length: it has to be given' };
		}
		if (Number(length) !== reportBytes) {
			return {
				status: Number(length) > reportBytes ? 413 : 400,
				cause: 'wrong length',
				message: `report: expected ${reportBytes} bytes, got ${Number(length)}`,
			};
		}
		return null;
	};

	const refuse = (request: IncomingMessage, response: ServerResponse, answer: Answer): void => {
		if (answer.cause !== undefined) stats.reject(answer.cause);
		const announced = Number(request.headers['content-length'] ?? Number.POSITIVE_INFINITY);
		if (!request.complete) {
			// who asked first may leave the body out: where the next request begins is not known then
			if (announced > DRAIN_BYTES || request.headers.expect !== undefined) {
				response.setHeader('connection', 'close');
				let drained = 0;
				request.on('data', (chunk: Buffer) => {
					drained += chunk.length;
					if (drained > DRAIN_BYTES) request.destroy();
				});
			}
			request.resume();
		}
		const body = Buffer.from(`${JSON.stringify({ error: answer.cause ?? 'failed', message: answer.message })}\n`);
		if (answer.retryAfterS !== undefined) response.setHeader('retry-after', String(answer.retryAfterS));
		response.writeHead(answer.status, { 'content-type': 'application/json', 'content-length': body.length });
		response.end(body);
	};

	/** Reports that are arriving, in order of their deadlines, with what ends them. */
	const arriving = new Map<IncomingMessage, { readonly deadlineMs: number; readonly giveUp: () => void }>();
	const sweep = setInterval(() => {
		for (const [request, { deadlineMs: due, giveUp }] of arriving) {
			if (due > performance.now()) break;
			giveUp();
			stats.reject('too slow');
			request.destroy();
		}
	}, SWEEP_MS);
	sweep.unref();

	const receive = (request: IncomingMessage, response: ServerResponse, slot: number): void => {
		const body = ledger.body(slot);
		if (request.headers.expect !== undefined) response.writeContinue();
		let filled = 0;
		let settled = false;
		const giveUp = (): void => {
			if (settled) return;
			settled = true;
			arriving.delete(request);
			ledger.release(slot);
		};
		arriving.set(request, { deadlineMs: performance.now() + deadlineMs, giveUp });
		request.on('data', (chunk: Buffer) => {
			// the parser holds a body to its announced length; this keeps memory safe whatever happens
			if (settled || filled + chunk.length > body.length) return;
			// filling a range with as many bytes copies them natively; `set` on shared memory is up to eight times slower
			body.subarray(filled, filled + chunk.length).fill(chunk);
			filled += chunk.length;
		});
		request.on('close', giveUp);
		request.on('end', () => {
			if (settled) return;
			if (filled !== body.length) return giveUp();
			settled = true;
			arriving.delete(request);
			ledger.submit(slot, (status) => {
				switch (status) {
					case 'accepted':
						stats.accepted++;
						response.writeHead(201, NO_CONTENT);
						return response.end();
					case 'duplicate':
						stats.duplicates++;
						response.writeHead(200, NO_CONTENT);
						return response.end();
					case 'conflict':
						return refuse(request, response, {
							status: 409,
							cause: 'conflict',
							message: 'this id has come with other bytes before; the first report stands',
						});
					case 'out-of-range':
						return refuse(request, response, {
							status: 422,
							cause: 'out of range',
							message: "a value lies outside what the session's mechanism can send",
						});
					case 'full':
						return refuse(request, response, {
							status: 507,
							cause: 'session full',
							message: 'this session takes no more reports',
						});
					case 'failed':
						return refuse(request, response, {
							status: 503,
							cause: 'store failed',
							message: 'the report could not be stored; nothing was counted; try again later',
							retryAfterS: 2,
						});
				}
			});
		});
	};

	return (request: IncomingMessage, response: ServerResponse): boolean => {
		if (request.method !== 'PUT') return false;
		const match = ROUTE.exec(request.url ?? '');
		if (match === null) return false;
		const [, session, idText] = match;
		const answer = check(request, session, idText);
		if (answer !== null) {
			refuse(request, response, answer);
			return true;
		}
		const slot = ledger.take(Buffer.from(idText.replaceAll('-', ''), 'hex'));
		if (slot < 0) {
			const message = 'too many reports at once; try again';
			refuse(request, response, { status: 429, cause: 'overload', message, retryAfterS: 1 });
			return true;
		}
		receive(request, response, slot);
		return true;
	};
}
