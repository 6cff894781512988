import { PeerError } from '../../core/errors.js';
import { type GroupedReport, joinReports, mostInGroup } from '../shares/report-group.js';
import type { RetryOptions } from './backoff.js';
import type { Answer, Connection } from './connection.js';
import { outcomeOf, type UploadOutcome, uploadUntilRead } from './upload-report.js';

/** Sends one party its parts of pictures. */
export interface ShareSender {
	/** Resolves when the party holds or refuses it. `retry` is the same for all pictures. Throws: as `uploadReport`. */
	send(report: GroupedReport, retry: RetryOptions): Promise<UploadOutcome>;
}

/** One is on its way while the party makes the one before durable. */
export const REQUESTS_AT_ONCE = 2;

/** Pictures that are ready while requests are under way go together in the next one: groups grow with the load. */
export function createShareSender(connection: Pick<Connection, 'url' | 'send'>, path: string): ShareSender {
	interface Waiting {
		readonly report: GroupedReport;
		readonly retry: RetryOptions;
		readonly resolve: (outcome: UploadOutcome) => void;
		readonly reject: (error: unknown) => void;
	}
	const waiting: Waiting[] = [];
	let underWay = 0;

	const sendGroup = async (): Promise<void> => {
		if (underWay >= REQUESTS_AT_ONCE || waiting.length === 0) return;
		const [{ report, retry }] = waiting;
		const group = waiting.splice(0, mostInGroup(report.body.length));
		underWay++;
		try {
			const body = joinReports(group.map((one) => one.report));
			const read = (answer: Answer, wasTriedBefore: boolean): UploadOutcome[] =>
				outcomesOf(answer, { count: group.length, url: connection.url, wasTriedBefore });
			const outcomes = await uploadUntilRead(connection, path, body, { ...retry, read });
			for (const [i, { resolve }] of group.entries()) resolve(outcomes[i]);
		} catch (error) {
			for (const { reject } of group) reject(error);
		}
		underWay--;
		void sendGroup();
	};
	return {
		send: (report, retry) =>
			new Promise((resolve, reject) => {
				waiting.push({ report, retry, resolve, reject });
				void sendGroup();
			}),
	};
}

function outcomesOf(
	answer: Answer,
	{ count, url, wasTriedBefore }: { count: number; url: string; wasTriedBefore: boolean },
): UploadOutcome[] {
	if (answer.status !== 200) {
		// a refusal of the request is one of each report
		const outcome = outcomeOf(answer, url, wasTriedBefore);
		return Array.from({ length: count }, () => outcome);
	}
	const { reports }: { reports?: unknown } = Object.assign({}, answer.json());
	if (!Array.isArray(reports) || reports.length !== count) throw badAnswer(url);
	return reports.map((one: unknown) => {
		const { code }: { code?: unknown } = Object.assign({}, one);
		if (typeof code !== 'number') throw badAnswer(url);
		const body = Buffer.from(JSON.stringify(one));
		return outcomeOf({ status: code, headers: answer.headers, body }, url, wasTriedBefore);
	});
}

function badAnswer(url: string): PeerError {
	return new PeerError('bad-answer', `${url}: the answer does not tell what became of each picture`, {
		hint: 'Use the same version of veilcam here and at the parties.',
	});
}
