import { parseSessionDescription, type SessionDescription } from '../core/average/session-description.js';
import type { SendResult } from './outbox.js';
import type { PutShare } from './send-shares.js';

/** The latest release, as the page shows it. */
export interface ShownAverage {
	readonly count: number;
	readonly picture: Blob;
}

/** The server that this page came from. */
export interface Collector {
	readonly token: string;
	/** Throws: WrongToken; PeerError for a server of another version; TypeError when it does not answer. */
	session(): Promise<SessionDescription>;
	/** Null before the first release. Throws: as `session`. */
	average(): Promise<ShownAverage | null>;
	/** Throws: TypeError when the server does not answer. */
	sendReport(id: string, body: Uint8Array<ArrayBuffer>): Promise<SendResult>;
	/** Has a sealed share brought to its server. Throws: TypeError when the collector does not answer. */
	readonly sendShare: PutShare;
	/** Server-sent events. Throws: as `session`. */
	events(): Promise<ReadableStream<Uint8Array>>;
}

/** The collector wants another token than the address has. */
export class WrongToken extends Error {}

/** An answer may take this long; a report over a slow network takes a while. */
const ANSWER_MS = 30_000;

export function createCollector(sessionName: string, token: string): Collector {
	const base = `/v1/sessions/${encodeURIComponent(sessionName)}/`;
	const headers: Record<string, string> = token === '' ? {} : { authorization: `Bearer ${token}` };
	const ask = async (path: string, init: RequestInit = {}): Promise<Response> =>
		await fetch(base + path, {
			cache: 'no-store',
			signal: AbortSignal.timeout(ANSWER_MS),
			...init,
			headers: { ...headers, ...init.headers },
		});
	const get = async (path: string, init: RequestInit = {}): Promise<Response> => {
		const answer = await ask(path, init);
		if (answer.status === 401) throw new WrongToken();
		// a proxy whose server is away answers 502 to 504: as if nobody had
		if (!answer.ok && answer.status !== 403) throw new TypeError(`status ${answer.status}`);
		return answer;
	};
	const put = (path: string, body: Uint8Array<ArrayBuffer>): Promise<Response> =>
		ask(path, { method: 'PUT', body, headers: { 'content-type': 'application/octet-stream' } });
	return {
		token,
		session: async () => parseSessionDescription(await (await get('session')).json()),
		async average() {
			const answer = await get('average.png');
			if (answer.status === 403) return null;
			return { count: Number(answer.headers.get('x-veilcam-count')), picture: await answer.blob() };
		},
		async sendReport(id, body) {
			const { status, headers: said } = await put(`reports/${id}`, body);
			return { status, retryAfter: said.get('retry-after') };
		},
		async sendShare(id, party, body) {
			const answer = await put(`shares/${id}/${party}`, body);
			const { receipt, error } = await fieldsOf(answer);
			return { status: answer.status, retryAfter: answer.headers.get('retry-after'), receipt, error };
		},
		async events() {
			// goes on for as long as the page is open: no time limit
			const { body } = await get('events', { signal: null });
			if (body === null) throw new TypeError('no body');
			return body;
		},
	};
}

/** Of a short JSON answer; a proxy's has none of them. */
async function fieldsOf(answer: Response): Promise<{ receipt: string | undefined; error: string | undefined }> {
	const fields: Record<string, unknown> = Object.assign({}, await answer.json().catch(() => null));
	const text = (value: unknown): string | undefined => (typeof value === 'string' ? value : undefined);
	return { receipt: text(fields.receipt), error: text(fields.error) };
}
