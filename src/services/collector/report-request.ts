import type { IncomingMessage } from 'node:http';
import type { Refusal } from './report-answers.js';

const ROUTE = /^\/v1\/sessions\/([^/?]+)\/reports\/([^/?]*)(?:\?.*)?$/;
const ID = /^[0-9a-f]{32}$|^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** The session and id that a URL names, or null for a URL of another route. */
export function parseReportUrl(url: string): { readonly session: string; readonly idText: string } | null {
	const match = ROUTE.exec(url);
	return match === null ? null : { session: match[1], idText: match[2] };
}

/** What a report has to be. */
export interface ReportRules {
	readonly sessionName: string;
	readonly reportBytes: number;
	readonly mayEnter: (authorization: string | undefined) => boolean;
}

/** The 128 bits of a report's id, or why the report is refused by its head alone. */
export function checkReport(
	{ headers }: IncomingMessage,
	{ session, idText }: { readonly session: string; readonly idText: string },
	rules: ReportRules,
): Buffer | Refusal {
	if (!rules.mayEnter(headers.authorization)) {
		return { status: 401, cause: 'no token', message: 'the token is missing or wrong' };
	}
	if (session !== rules.sessionName) {
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
	if (Number(length) !== rules.reportBytes) {
		return {
			status: Number(length) > rules.reportBytes ? 413 : 400,
			cause: 'wrong length',
			message: `report: expected ${rules.reportBytes} bytes, got ${Number(length)}`,
		};
	}
	return Buffer.from(idText.length === 32 ? idText : idText.replaceAll('-', ''), 'hex');
}
