import type { IncomingMessage, ServerResponse } from 'node:http';
import { hexOf } from '../../core/average/hex.js';
import type { HpkeKeyPair } from '../../core/average/hpke.js';
import { openShare, SEAL_BYTES } from '../../core/average/sealed-share.js';
import { parseSessionParameters } from '../../core/average/session.js';
import { DataError, PolicyError, UserError, VeilcamError } from '../../core/errors.js';
import { createTokenCheck } from '../bearer-token.js';
import type { PartyConfig } from '../party/party-config.js';
import { createInbox } from './inbox.js';
import { answerJson, dropBody, readBody } from './plain-http.js';
import { parseReleaseRequest } from './release-request.js';
import { encodeReleaseShare } from './release-wire.js';
import { type GroupedReport, lengthOfGroup, splitReports } from './report-group.js';
import { bodyBytesAt, hashComponents } from './share-hash.js';
import { describeSession } from './share-rows.js';
import type { ShareStore, StoredSession } from './share-store.js';
import type { PartyReleases } from './start-shares.js';

interface RouteParts {
	readonly config: PartyConfig;
	readonly store: ShareStore;
	readonly releases: PartyReleases;
	readonly uploadKey: HpkeKeyPair;
}

const ROUTE =
	/^\/v1\/shares\/([A-Za-z0-9._-]{1,64})(?:\/(reports|sealed|releases)(?:\/([0-9a-f]{32})(\/run)?)?)?(?:\?session=([0-9a-f]{64}))?$/;
const SMALL_BYTES = 64 * 1024;
const STATUS_BY_EXIT_CODE = { 1: 500, 2: 400, 3: 400, 4: 502, 5: 403 } as const;
/**
 * The requests about shares of pictures:
 *   PUT  /v1/shares/S                     the session, from the front: {parameters, uploadToken}
 *   GET  /v1/shares/S                     how far it is
 *   PUT  /v1/shares/S/reports/ID?session=HASH   one picture's shares, with the session's upload token, for the session that
 *                                         the client was told of
 *   PUT  /v1/shares/S/reports?session=HASH      those of several pictures: IDs and shares, answered each
 *   PUT  /v1/shares/S/sealed/ID           the same, sealed to this party and session by a page, and brought by the front
 *   PUT  /v1/shares/S/releases/ATTEMPT    a release is going to be asked for: {batch, promise}
 *   POST /v1/shares/S/releases/ATTEMPT/run
 */
export function createSharesRoute({ config, store, releases, uploadKey }: RouteParts) {
	const mayEnter = createTokenCheck(config.token);
	const inbox = createInbox(store);
	const sessions = new Map<string, { readonly session: StoredSession; readonly mayUpload: typeof mayEnter }>();

	const sessionOf = (name: string) => {
		const known = sessions.get(name);
		if (known !== undefined) return known;
		const session = store.session(name);
		if (session === null) throw new DataError('no-such-session', `there is no session ${name} here`);
		const entry = { session, mayUpload: createTokenCheck(session.uploadToken) };
		sessions.set(name, entry);
		return entry;
	};
	/** What came, and for a sealed one the receipt that its page waits for. */
	const readReport = async (request: IncomingMessage, session: StoredSession, id: string, isSealed: boolean) => {
		const bodyBytes = bodyBytesAt(config.index, session.parameters);
		if (!isSealed) return { body: await inbox.read(request, bodyBytes), receipt: undefined };
		const sealed = await inbox.read(request, bodyBytes + SEAL_BYTES);
		return openShare(crypto.subtle, uploadKey, { session: hexOf(session.hash), id, party: config.index }, sealed);
	};
	/** Throws: PolicyError unless the request may bring pictures to the session, DataError where it is meant for another. */
	const sessionForUpload = (
		name: string,
		{ headers }: IncomingMessage,
		{ meant, isSealed }: { readonly meant: string | undefined; readonly isSealed: boolean },
	): StoredSession => {
		const { session, mayUpload } = sessionOf(name);
		if (!mayUpload(headers.authorization) && !mayEnter(headers.authorization)) throw noToken();
		// a seal is made for one session, and opens for no other
		if (meant === hexOf(session.hash) || (isSealed && meant === undefined)) return session;
		if (meant === undefined) {
			throw new DataError('session-not-named', 'the address does not tell which session the pictures are meant for', {
				hint: 'Add ?session= and the SHA-256 of the session, as the collector tells it.',
			});
		}
		const is = describeSession(session.parameters);
		throw new DataError('other-session', `the collector told otherwise of this session, which is here as ${is}`, {
			hint: 'Nothing was counted. Tell others: the collector says one thing to cameras and another to its servers.',
		});
	};
	const storeReport = async (session: StoredSession, { id, body }: GroupedReport) => {
		const hashes = hashComponents(config.index, session.hash, id, body);
		const { mechanism } = session.parameters;
		const mostOfPerson = mechanism.kind === 'shares' ? mechanism.picturesPerPerson : undefined;
		return STATUS_OF[await inbox.store(session.number, { id, ...hashes, body, mostOfPerson })];
	};
	const takeReport = async (
		request: IncomingMessage,
		response: ServerResponse,
		{ session, id, isSealed }: { readonly session: StoredSession; readonly id: string; readonly isSealed: boolean },
	): Promise<void> => {
		const { body, receipt } = await readReport(request, session, id, isSealed);
		const [code, word] = await storeReport(session, { id: new Uint8Array(Buffer.from(id, 'hex')), body });
		// only what is held is confirmed
		answerJson(response, code, code < 300 ? { ...word, receipt } : word);
	};
	const takeGroup = async (
		request: IncomingMessage,
		response: ServerResponse,
		session: StoredSession,
	): Promise<void> => {
		const bodyBytes = bodyBytesAt(config.index, session.parameters);
		const bytes = await inbox.read(request, lengthOfGroup(request.headers['content-length'], bodyBytes));
		const answers = splitReports(bytes, bodyBytes).map((report) => storeReport(session, report));
		const reports = (await Promise.all(answers)).map(([code, word]) => ({ code, ...word }));
		answerJson(response, 200, { reports });
	};
	const addSession = async (request: IncomingMessage, response: ServerResponse, name: string) => {
		const fields = parseJson(await readBody(request, { atMost: SMALL_BYTES }));
		const parameters = parseSessionParameters(fields.parameters, 'file');
		const { uploadToken } = fields;
		if (parameters.name !== name || parameters.mechanism.kind !== 'shares') {
			throw new DataError('bad-session', 'the session has another name or mechanism');
		}
		if (typeof uploadToken !== 'string' || !/^[\w-]{16,128}$/.test(uploadToken)) {
			throw new DataError('bad-session', 'uploadToken: expected 16 characters or more');
		}
		const stored = store.addSession(parameters, uploadToken);
		sessions.delete(name);
		answerJson(response, 201, { ...releases.status(stored), uploadKey: hexOf(uploadKey.publicKey) });
	};
	const handle = async (
		request: IncomingMessage,
		response: ServerResponse,
		[, name, kind, id, run, meant]: readonly (string | undefined)[],
	): Promise<void> => {
		const { method } = request;
		if (name === undefined) return;
		const isSealed = kind === 'sealed';
		if ((kind === 'reports' || isSealed) && id !== undefined && run === undefined && method === 'PUT') {
			const session = sessionForUpload(name, request, { meant, isSealed });
			return takeReport(request, response, { session, id, isSealed });
		}
		if (kind === 'reports' && id === undefined && method === 'PUT') {
			return takeGroup(request, response, sessionForUpload(name, request, { meant, isSealed }));
		}
		if (!mayEnter(request.headers.authorization)) throw noToken();
		if (kind === undefined && method === 'PUT') return addSession(request, response, name);
		const { session } = sessionOf(name);
		if (kind === undefined && method === 'GET') return answerJson(response, 200, releases.status(session));
		if (kind === 'releases' && id !== undefined && run === undefined && method === 'PUT') {
			releases.prepare(session, id, parseReleaseRequest(await readBody(request, { atMost: SMALL_BYTES })));
			return answerJson(response, 201, { status: 'prepared' });
		}
		if (kind === 'releases' && id !== undefined && run !== undefined && method === 'POST') {
			const body = encodeReleaseShare(await releases.run(id, whenGone(response)));
			response.writeHead(200, { 'content-type': 'application/octet-stream', 'content-length': body.length });
			response.end(body);
			return;
		}
		answerJson(response, 404, { error: 'not-found', message: 'there is nothing at this address' });
	};
	return (request: IncomingMessage, response: ServerResponse): boolean => {
		const match = ROUTE.exec(request.url ?? '');
		if (match === null) return false;
		handle(request, response, match).catch((error: unknown) => {
			if (response.headersSent) return void response.destroy();
			dropBody(request, response);
			const { status, code, message, hint } = describeError(error);
			if (status === 429) response.setHeader('retry-after', '1');
			answerJson(response, status, { error: code, message, ...(hint === undefined ? {} : { hint }) });
		});
		return true;
	};
}

/** Aborts when the connection ends before the answer has gone out. */
function whenGone(response: ServerResponse): AbortSignal {
	const gone = new AbortController();
	response.once('close', () => {
		if (!response.writableFinished) gone.abort();
	});
	return gone.signal;
}

const STATUS_OF = {
	accepted: [201, { status: 'accepted' }],
	duplicate: [200, { status: 'duplicate' }],
	conflict: [409, { error: 'conflict', message: 'this id has come with other bytes before; the first report stands' }],
	excess: [403, { error: 'too-many-pictures', message: 'this batch has all the pictures that it takes of one person' }],
} as const;

function noToken(): PolicyError {
	return new PolicyError('no-token', 'the token is missing or wrong');
}

function describeError(error: unknown): { status: number; code: string; message: string; hint: string | undefined } {
	if (!(error instanceof VeilcamError)) {
		return { status: 500, code: 'bug', message: 'the party made a mistake', hint: undefined };
	}
	const { code, message, hint } = error;
	const special: Readonly<Record<string, number>> = {
		'no-token': 401,
		'no-such-session': 404,
		'no-such-attempt': 404,
		overload: 429,
		'other-session': 409,
	};
	// a store that fails is no fault of the client's, who is to try again
	const status = code.startsWith('store-') || code === 'damaged-store' ? 503 : special[code];
	return { status: status ?? STATUS_BY_EXIT_CODE[error.exitCode], code, message, hint };
}

function parseJson(body: Uint8Array): Record<string, unknown> {
	try {
		return Object.assign({}, JSON.parse(Buffer.from(body).toString('utf8')));
	} catch (cause) {
		throw new UserError('bad-request', 'the body is not JSON', { cause });
	}
}
