import type { WatchSnapshot } from '../core/events.js';
import type { Image } from '../core/image/image.js';
import { halfBlocks } from '../core/image/terminal.js';
import { type Display, displayDifference } from '../core/subtract/display.js';
import { type Movement, movementOf } from '../core/subtract/moved.js';
import type { Comparison } from '../services/client/compare-frames.js';
import type { UploadOutcome } from '../services/client/upload-report.js';
import { createWatchStore } from '../tui/dashboards/watch-store.js';
import { showWatch } from '../tui/show.js';
import type { CommandContext } from './define-command.js';
import { terminalColour } from './terminal-colour.js';

/** Boxes of an event; the rest is counted. */
const MAX_BOXES = 20;
const UPTIME_INTERVAL_MS = 1000;
/** Sentences that a dashboard keeps. */
const MAX_WARNINGS = 3;

interface FaceOptions {
	readonly camera: string;
	readonly source: string | undefined;
	readonly threshold: number;
	readonly as: Display;
}

/** Shows a run of `watch` on the face that it has: dashboard, lines, or events. */
export function createWatchFace(
	{ camera, source, threshold, as }: FaceOptions,
	about: { readonly url: string; readonly decrypts: boolean },
	context: CommandContext,
) {
	const { reporter, nowMs, abort, stdin, stderr: terminal, env } = context;
	const startedMs = nowMs();
	const counts = { uploaded: 0, duplicates: 0, rejected: 0, compared: 0, moved: 0, refused: 0, missed: 0 };
	const store = createWatchStore();
	const warnings: string[] = [];
	let moved: WatchSnapshot['moved'] = null;
	let picture: Image | null = null;
	let retrying: string | null = null;

	const update = (): void => {
		const { uploaded, compared, refused, missed } = counts;
		const facts = { uploaded, compared, refused, missed, moved, picture, retrying };
		store.push({
			...about,
			camera,
			source: source ?? null,
			...facts,
			uptimeMs: nowMs() - startedMs,
			warnings: [...warnings],
		});
	};
	const warn = (sentence: string): void => {
		if (!context.dashboard) reporter.warn(sentence);
		warnings.unshift(sentence);
		warnings.length = Math.min(warnings.length, MAX_WARNINGS);
	};
	const tell = (id: string, { pixels, share, boxes }: Movement): void => {
		if (context.json) {
			const fields = { frame: id, number: counts.compared, movedPixels: pixels, share, boxCount: boxes.length };
			reporter.event('motion', { ...fields, boxes: boxes.slice(0, MAX_BOXES) });
		} else if (!context.dashboard) {
			const largest = boxes.length === 0 ? '' : `, in ${boxes.length} places, the largest ${placeOf(boxes[0])}`;
			reporter.note(`frame ${counts.compared}: ${pixels} pixels moved (${(100 * share).toFixed(1)} %)${largest}`);
		}
	};
	return {
		counts: () => counts,
		onUploaded(outcome: UploadOutcome): void {
			if (outcome.kind === 'accepted') counts.uploaded++;
			else if (outcome.kind === 'duplicate') counts.duplicates++;
			else {
				counts.rejected++;
				warn(`the subtractor refused a frame: ${outcome.reason}`);
			}
			if (!context.dashboard && !about.decrypts) {
				reporter.progress({ phase: 'uploading', done: counts.uploaded, total: null });
			}
			update();
		},
		onComparison(comparison: Comparison): void {
			if (comparison.kind === 'compared') {
				const movement = movementOf(comparison.difference, threshold);
				const { pixels, share, boxes } = movement;
				counts.compared++;
				counts.moved += Number(pixels > 0);
				const largest = boxes.length === 0 ? null : placeOf(boxes[0]);
				moved = { pixels, share, placeCount: boxes.length, largest };
				if (context.dashboard) picture = displayDifference(comparison.difference, as);
				tell(comparison.pair.newer, movement);
			} else {
				counts[comparison.kind]++;
				const what = comparison.kind === 'refused' ? 'was discarded' : 'did not come';
				warn(`the difference of frame ${comparison.pair.newer} ${what}: ${comparison.reason}`);
			}
			update();
		},
		onUntagged(): void {
			warn('frames made with a public key have no tags: nothing proves what the server answers');
		},
		onFollowing(): void {
			if (!context.dashboard) reporter.event('following', { camera, url: about.url });
		},
		onRepeated(id: string): void {
			counts.refused++;
			warn(`frame ${id} was listed a second time: it is left out`);
			update();
		},
		onRetry(why: string | null): void {
			retrying = why;
			if (why !== null && !context.dashboard) reporter.note(why);
			update();
		},
		/** Shows `work` while it goes on. Throws what it throws. */
		async show(work: () => Promise<void>): Promise<void> {
			if (!context.dashboard) return await work();
			const timer = setInterval(update, UPTIME_INTERVAL_MS);
			update();
			const colour = terminalColour(env);
			const working = work().finally(() => store.complete());
			// told below, when the dashboard has left
			working.catch(() => {});
			try {
				await showWatch({
					...{ store, abort, stdin, terminal, env },
					renderPicture: async (image, columns, rows) => [...(await halfBlocks(image, columns, rows, { colour }))],
				});
			} finally {
				clearInterval(timer);
			}
			await working;
		},
		summary(): string {
			const { uploaded, compared, refused, missed } = counts;
			const parts = source === undefined ? [] : [`${uploaded} frames were uploaded`];
			if (about.decrypts) parts.push(`${counts.moved} of ${compared} differences show movement`);
			if (refused > 0) parts.push(`${refused} were discarded`);
			if (missed > 0) parts.push(`${missed} did not come`);
			return parts.join(', ');
		},
	};
}

function placeOf({ x, y, width, height }: Movement['boxes'][number]): string {
	return `${width}x${height} at ${x},${y}`;
}
