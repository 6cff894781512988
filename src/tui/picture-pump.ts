import type { Image } from '../core/image/image.js';

/** At most four pictures a second: drawing one costs more than all the rest of a dashboard. */
export const MIN_PICTURE_INTERVAL_MS = 250;

/** Draws a picture with at most so many columns and rows of a terminal; one text per line, colours included. */
export type RenderPicture = (image: Image, columns: number, rows: number) => Promise<string[]>;

export type PumpState =
	| { readonly kind: 'empty' }
	| { readonly kind: 'drawn'; readonly lines: readonly string[] }
	| { readonly kind: 'failed'; readonly message: string };

export interface PicturePump {
	/** Asks for this picture at this size; `key` says when two pictures are the same. The latest wish wins. */
	request(image: Image, key: string, columns: number, rows: number): void;
	readonly subscribe: (listener: () => void) => () => void;
	readonly getState: () => PumpState;
	stop(): void;
}

export interface PicturePumpOptions {
	readonly render: RenderPicture;
	readonly nowMs: () => number;
	/** Runs `action` once after `delayMs`; returns how to call it off. */
	readonly schedule: (action: () => void, delayMs: number) => () => void;
}

interface Wish {
	readonly image: Image;
	readonly columns: number;
	readonly rows: number;
}

/** Draws pictures one after the other, never two at once, never faster than the interval, and never the same one twice. */
export function createPicturePump({ render, nowMs, schedule }: PicturePumpOptions): PicturePump {
	const listeners = new Set<() => void>();
	let state: PumpState = { kind: 'empty' };
	let wish: Wish | undefined;
	let lastKey: string | undefined;
	let startedAtMs = Number.NEGATIVE_INFINITY;
	let busy = false;
	let callOff: (() => void) | undefined;
	let stopped = false;

	const settle = (next: PumpState): void => {
		busy = false;
		if (stopped) {
			return;
		}
		state = next;
		for (const listener of [...listeners]) {
			listener();
		}
		startNext();
	};
	const startNext = (): void => {
		if (busy || stopped || wish === undefined || callOff !== undefined) {
			return;
		}
		const waitMs = startedAtMs + MIN_PICTURE_INTERVAL_MS - nowMs();
		if (waitMs > 0) {
			callOff = schedule(() => {
				callOff = undefined;
				startNext();
			}, waitMs);
			return;
		}
		const { image, columns, rows } = wish;
		wish = undefined;
		busy = true;
		startedAtMs = nowMs();
		render(image, columns, rows).then(
			(lines) => settle({ kind: 'drawn', lines }),
			// A picture that cannot be drawn is no reason to stop collecting.
			(error: unknown) => settle({ kind: 'failed', message: error instanceof Error ? error.message : String(error) }),
		);
	};
	return {
		request(image, key, columns, rows) {
			const sizedKey = `${columns}x${rows} ${key}`;
			if (sizedKey !== lastKey) {
				lastKey = sizedKey;
				wish = { image, columns, rows };
				startNext();
			}
		},
		subscribe(listener) {
			listeners.add(listener);
			return () => {
				listeners.delete(listener);
			};
		},
		getState: () => state,
		stop() {
			stopped = true;
			callOff?.();
			listeners.clear();
		},
	};
}
