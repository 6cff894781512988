import { reportAsImage } from '../core/average/report-values.js';
import type { SessionDescription } from '../core/average/session-description.js';
import { UserError } from '../core/errors.js';
import type { Image } from '../core/image/image.js';
import { halfBlocks } from '../core/image/terminal.js';
import type { Connection } from '../services/client/connection.js';
import { type ContributeCounts, runContribution } from '../services/client/contribute-run.js';
import { openPersonFile, personOf } from '../services/client/person-file.js';
import { createReportSeed, SEED_BYTES } from '../services/client/report-seed.js';
import { openResumeFile } from '../services/client/resume-file.js';
import { openShares } from '../services/client/share-upload.js';
import { collectOldHeapLessOften } from '../services/heap-growth.js';
import { type ContributeSnapshot, createContributeStore } from '../tui/dashboards/contribute-store.js';
import { showContribute } from '../tui/show.js';
import type { CommandContext } from './define-command.js';
import { retryFrom } from './retry.js';
import { terminalColour } from './terminal-colour.js';

const PICTURE_INTERVAL_MS = 250;

interface SendParts {
	readonly connection: Connection;
	readonly session: SessionDescription;
	/** Null for a camera without a count. */
	readonly total: number | null;
	readonly sources: readonly string[];
	readonly options: {
		readonly concurrency: number;
		readonly retryFor: number;
		readonly resume: string | undefined;
		readonly person: string | undefined;
	};
	readonly context: CommandContext;
}

/** Sends all frames with progress on the face that the run has, going on from a resume file where there is one. */
export async function sendFrames(parts: SendParts, frames: AsyncIterable<Image>): Promise<ContributeCounts> {
	const { connection, session, total, options, context } = parts;
	const { abort, reporter, nowMs } = context;
	const secret = new Uint8Array(SEED_BYTES);
	context.random.fillInto(secret);
	const resume = openResume(parts, secret);
	const firstNumber = resume?.settledCount ?? 0;
	if (resume?.continues) reporter.note(`going on after ${firstNumber} settled reports`);

	const startedMs = nowMs();
	const store = createContributeStore();
	let counts: ContributeCounts = { accepted: 0, duplicates: 0, rejected: 0 };
	let retrying: string | null = null;
	let notedAtMs = Number.NEGATIVE_INFINITY;
	let pictures: ContributeSnapshot['pictures'] = null;
	let picturedAtMs = Number.NEGATIVE_INFINITY;
	const update = (): void => {
		const done = counts.accepted + counts.duplicates + counts.rejected;
		const perSecond = (done / Math.max(1, nowMs() - startedMs)) * 1000;
		const left = total === null ? null : total - firstNumber - done;
		const etaMs = left === null || perSecond === 0 ? null : (left / perSecond) * 1000;
		const phase =
			retrying === null ? 'uploading' : `waiting for ${session.shares === undefined ? 'the collector' : 'a party'}`;
		store.push({ phase, ...counts, total, perSecond, etaMs, retrying, pictures });
		if (!context.dashboard) reporter.progress({ phase: 'uploading', done: firstNumber + done, total });
	};
	const upload = retryFrom(options.retryFor, context);
	const shares = session.shares === undefined ? undefined : await openShares(session, session.shares, upload);
	if (shares !== undefined) collectOldHeapLessOften();
	const run = runContribution({
		connection,
		shares,
		session,
		frames: skip(frames, firstNumber),
		firstNumber,
		seed: createReportSeed(resume?.secret ?? secret, personFor(parts, resume?.secret ?? secret)),
		concurrency: options.concurrency,
		upload,
		onSettled(now, settledCount) {
			counts = now;
			resume?.save(settledCount);
			update();
		},
		onSalted(picture, body) {
			// more pictures than an eye follows would only cost time
			if (!context.dashboard || nowMs() - picturedAtMs < PICTURE_INTERVAL_MS) return;
			picturedAtMs = nowMs();
			pictures = { original: picture, upload: reportAsImage(session, body), key: String(picturedAtMs) };
			update();
		},
		onRetry(why) {
			retrying = why;
			update();
			if (why !== null && !context.dashboard && nowMs() - notedAtMs > 1000) {
				reporter.note(why);
				notedAtMs = nowMs();
			}
		},
		onRejected: (reason) => reporter.warn(`a picture was refused: ${reason}`),
	}).finally(() => shares?.close());
	if (context.dashboard) {
		const ended = run.then(
			() => store.complete(),
			() => store.complete(),
		);
		const { stdin, stderr: terminal, env } = context;
		const colour = terminalColour(env);
		await showContribute({
			...{ store, url: connection.url, abort, stdin, terminal, env },
			renderPicture: async (image, columns, rows) => [...(await halfBlocks(image, columns, rows, { colour }))],
		});
		await ended;
	}
	await run;
	if (!abort.signal.aborted) resume?.remove();
	return counts;
}

/** "40 pictures were accepted, 2 were held before this run" */
export function describeRun({ accepted, duplicates, rejected }: ContributeCounts): string {
	const parts = [`${accepted} ${accepted === 1 ? 'picture was' : 'pictures were'} accepted`];
	if (duplicates > 0) parts.push(`${duplicates} held before this run`);
	if (rejected > 0) parts.push(`${rejected} refused`);
	return parts.join(', ');
}

/** What the ids of this run begin with: the person of --person, or a new one for each run; nothing where none is counted. */
function personFor({ session, options, context }: SendParts, runSecret: Uint8Array): Uint8Array<ArrayBuffer> {
	const { mechanism, name } = session;
	if (mechanism.kind !== 'shares' || mechanism.picturesPerPerson === undefined) return new Uint8Array(0);
	if (options.person === undefined) return personOf(runSecret, name);
	const fresh = new Uint8Array(SEED_BYTES);
	context.random.fillInto(fresh);
	return personOf(openPersonFile(options.person, fresh), name);
}

function openResume({ connection, session, total, sources, options }: SendParts, secret: Uint8Array) {
	if (options.resume === undefined) return undefined;
	if (total === null || sources.includes('webcam')) {
		throw new UserError('no-resume', '--resume: a webcam takes other pictures each time, so its run cannot go on', {
			hint: 'Leave out --resume; what was accepted counts.',
		});
	}
	return openResumeFile(options.resume, { url: connection.url, session: session.name, sources, total }, secret);
}

async function* skip(frames: AsyncIterable<Image>, count: number): AsyncGenerator<Image> {
	let index = 0;
	for await (const frame of frames) if (index++ >= count) yield frame;
}
