import { parseSessionDescription, type SessionDescription } from '../core/average/session-description.js';

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
	sendReport(id: string, body: Uint8Array<ArrayBuffer>): Promise<Response>;
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
	return {
		token,
		session: async () => parseSessionDescription(await (await get('session')).json()),
		async average() {
			const answer = await get('average.png');
			if (answer.status === 403) return null;
			return { count: Number(answer.headers.get('x-veilcam-count')), picture: await answer.blob() };
		},
		sendReport: (id, body) =>
			ask(`reports/${id}`, { method: 'PUT', body, headers: { 'content-type': 'application/octet-stream' } }),
		async events() {
			// goes on for as long as the page is open: no time limit
			const { body } = await get('events', { signal: null });
			if (body === null) throw new TypeError('no body');
			return body;
		},
	};
}
