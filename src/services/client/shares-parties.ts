import { createHmac, randomBytes } from 'node:crypto';
import { bytesOfHex } from '../../core/average/hex.js';
import { parsePromise, type ReleasePromise, rmseOfNoise } from '../../core/average/release-noise.js';
import { type SessionParameters, sampleCountOf } from '../../core/average/session.js';
import { type SharesTarget, UPLOAD_KEY_BYTES } from '../../core/average/session-description.js';
import { numbersOfPlanes, sharePlaneBytes } from '../../core/average/share-planes.js';
import { BugError, DataError, PeerError, PolicyError } from '../../core/errors.js';
import type { ClientConfig } from '../party/party-config.js';
import { decodeReleaseShare, type OpenedRelease } from '../shares/release-wire.js';
import type { SharesStatus } from '../shares/start-shares.js';
import { type Answer, type Connection, openConnection, SHORT_ANSWER_BYTES } from './connection.js';
import { namingParty } from './name-party.js';
import { codeOf, hintOf, messageOf } from './upload-report.js';

/** One batch as it was opened: exact sums, or sums with noise. */
export interface BatchSums {
	readonly batch: number;
	readonly count: number;
	/** Of bits or gray levels, whole numbers. */
	readonly sums: Float64Array<ArrayBuffer>;
	/** Of the noise in the sums: sqrt(3) of one party's; 0 in an exact release. */
	readonly totalSigma: number;
	readonly rho: number;
	/** The slowest party's time for the sum. */
	readonly sumMs: number;
}

/** A release answers when its sum is there, which takes its time; parties that are silent to each other end it before. */
export const RELEASE_MS = 600_000;

/** What the front of a session asks three parties. */
export interface SharesParties {
	/** Where pictures go. */
	readonly target: SharesTarget;
	/** By party. Throws: PeerError. */
	status(): Promise<SharesStatus[]>;
	/** Throws: PolicyError where a party refuses, PeerError where one fails: the same release may be asked for again. */
	release(batch: number, promise: ReleasePromise | null): Promise<BatchSums>;
	close(): void;
}

/**
 * Makes the session known to all three parties, and gives the means to release its averages.
 * Throws: PeerError that names the party, DataError where a party has the session with other parameters.
 */
export async function openSharesParties(
	config: ClientConfig,
	session: SessionParameters,
	signal?: AbortSignal,
): Promise<SharesParties> {
	const { mechanism } = session;
	if (mechanism.kind !== 'shares') throw new BugError('not-shares', `session ${session.name} is not on shares`);
	const openAll = (timeouts: { readonly timeoutMs?: number } = {}): Promise<Connection[]> =>
		Promise.all(
			config.parties.map(({ url, fingerprint }, party) =>
				namingParty(party, () =>
					openConnection({
						...{ url, fingerprint, token: config.token, ...timeouts },
						...(signal === undefined ? {} : { signal }),
					}),
				),
			),
		);
	// only a sum may take its time: a party that hangs is told from one that adds
	const [connections, summing] = [await openAll(), await openAll({ timeoutMs: RELEASE_MS })];
	// the same in every run, and of no use for anything but uploads
	const uploadToken = createHmac('sha256', config.token).update(`veilcam upload ${session.name}`).digest('base64url');
	const path = `/v1/shares/${encodeURIComponent(session.name)}`;
	const rowBytes = sharePlaneBytes(sampleCountOf(session));
	const each = <Result>(work: (connection: Connection, party: number) => Promise<Result>): Promise<Result[]> =>
		firstCause(connections.map((connection, party) => namingParty(party, () => work(connection, party))));
	const send = async (
		party: number,
		method: 'GET' | 'PUT' | 'POST',
		at: string,
		body?: object,
		{ maxBytes = SHORT_ANSWER_BYTES, over = connections } = {},
	): Promise<Answer> => {
		const bytes = body === undefined ? undefined : Buffer.from(JSON.stringify(body));
		return expectOk(await over[party].send(method, path + at, bytes, maxBytes));
	};
	const close = (): void => {
		for (const connection of [...connections, ...summing]) connection.close();
	};
	const register = async (_connection: Connection, party: number): Promise<string> =>
		asUploadKey((await send(party, 'PUT', '', { parameters: session, uploadToken })).json());
	let target: SharesTarget;
	try {
		const uploadKeys = await each(register);
		target = { uploadToken, parties: config.parties.map((party, i) => ({ ...party, uploadKey: uploadKeys[i] })) };
	} catch (error) {
		close();
		throw error;
	}
	return {
		target,
		status: () => each(async (_connection, party) => asStatus((await send(party, 'GET', '')).json())),
		async release(batch, promise) {
			const attempt = randomBytes(16).toString('hex');
			await each((_connection, party) => send(party, 'PUT', `/releases/${attempt}`, { batch, promise }));
			const maxBytes = 53 * rowBytes + SHORT_ANSWER_BYTES;
			const opened = await each(async (_connection, party) => {
				const answer = await send(party, 'POST', `/releases/${attempt}/run`, undefined, { maxBytes, over: summing });
				return decodeReleaseShare(answer.body, rowBytes);
			});
			return combine(opened, { session, rowBytes, bits: mechanism.bits });
		},
		close,
	};
}

/** Expected RMSE of the average of a batch in gray levels, from its noise. */
export function noiseRmse(session: SessionParameters, { count, totalSigma }: BatchSums): number {
	return session.mechanism.kind === 'shares' ? rmseOfNoise(session.mechanism.bits, count, totalSigma) : 0;
}

function combine(
	[a, b, c]: readonly OpenedRelease[],
	{ session, rowBytes, bits }: { session: SessionParameters; rowBytes: number; bits: 1 | 8 },
): BatchSums {
	const said = ({ batch, count, width, partySigma }: OpenedRelease): string =>
		`batch ${batch} of ${count} pictures, ${width} bits, noise ${partySigma}`;
	if (said(a) !== said(b) || said(b) !== said(c)) {
		throw new PeerError('results-differ', `the parties opened different things: ${said(a)}; ${said(b)}; ${said(c)}`);
	}
	const bytes = a.planes.map((byte, i) => byte ^ b.planes[i] ^ c.planes[i]);
	const planes = Array.from({ length: a.width }, (_, i) => bytes.subarray(i * rowBytes, (i + 1) * rowBytes));
	const isNoisy = a.partySigma !== null;
	const sums = numbersOfPlanes(planes, sampleCountOf(session), isNoisy);
	const most = (bits === 8 ? 255 : 1) * a.count;
	if (!isNoisy && sums.some((sum) => sum > most)) {
		throw new PeerError('impossible-sum', 'the opened sum is larger than the pictures can make it');
	}
	return {
		...{ batch: a.batch, count: a.count, sums },
		totalSigma: Math.sqrt(3) * (a.partySigma ?? 0),
		rho: a.rho,
		sumMs: Math.max(a.sumMs, b.sumMs, c.sumMs),
	};
}

function expectOk(answer: Answer): Answer {
	if (answer.status >= 200 && answer.status < 300) return answer;
	const code = codeOf(answer) ?? 'refused';
	const hint = hintOf(answer);
	const options = hint === undefined ? {} : { hint };
	const message = messageOf(answer);
	if (answer.status === 401 || answer.status === 403) throw new PolicyError(code, message, options);
	if (answer.status === 409) throw new DataError(code, message, options);
	throw new PeerError(code, message, options);
}

/** Waits for all; a party that only tells that another one gave up is not the cause. */
async function firstCause<Result>(work: readonly Promise<Result>[]): Promise<Result[]> {
	const outcomes = await Promise.allSettled(work);
	const failures = outcomes.flatMap((outcome) => (outcome.status === 'rejected' ? [outcome.reason] : []));
	if (failures.length > 0) {
		throw failures.find((failure) => !/gave the attempt up/.test(String(failure))) ?? failures[0];
	}
	return outcomes.flatMap((outcome) => (outcome.status === 'fulfilled' ? [outcome.value] : []));
}

function asUploadKey(value: unknown): string {
	const { uploadKey } = Object.assign({ uploadKey: undefined }, value);
	if (typeof uploadKey === 'string' && bytesOfHex(uploadKey, UPLOAD_KEY_BYTES) !== undefined) return uploadKey;
	throw new PeerError('bad-status', 'the answer has no upload key', {
		hint: 'Use the same version of veilcam for the collector and its parties.',
	});
}

function asStatus(value: unknown): SharesStatus {
	const fields: Record<string, unknown> = Object.assign({}, value);
	const number = (name: string): number => {
		const field = fields[name];
		if (typeof field === 'number' && field >= 0) return field;
		throw new PeerError('bad-status', `the answer has no number "${name}"`);
	};
	return {
		waiting: number('waiting'),
		rejected: number('rejected'),
		damaged: number('damaged'),
		sealed: number('sealed'),
		batch: number('batch'),
		promise: fields.promise === null ? null : parsePromise(fields.promise, 'peer'),
		spentRho: number('spentRho'),
	};
}
