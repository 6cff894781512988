import type { ReactElement } from 'react';
import { createPictureLayer } from './picture-layer.js';
import { createScreen, type ScreenMode } from './screen.js';

export interface MountOptions {
	readonly stdin: NodeJS.ReadStream;
	/** Where the dashboard is drawn: stderr, see `dashboardObstacle`. */
	readonly terminal: NodeJS.WriteStream;
	/** Ctrl-C and q abort it; when it aborts, for whatever reason, the dashboard leaves. */
	readonly abort: AbortController;
	readonly mode: ScreenMode;
}

/**
 * Draws an Ink app until the app calls `useComplete()`, or the caller's controller aborts. The terminal is as before when
 * the promise settles, and even when the process ends without that. Ink is loaded here and not earlier: `load` imports
 * the modules that need it.
 * Throws: what the app completed with, or threw while drawing. An abort is no error: ask the controller.
 */
export async function mount(load: () => Promise<ReactElement>, options: MountOptions): Promise<void> {
	const { signal } = options.abort;
	if (signal.aborted) {
		return;
	}
	// The development build of react keeps a record of every render, which a dashboard of a day would drown in.
	process.env.NODE_ENV ??= 'production';
	const [{ renderApp }, element] = await Promise.all([import('./render-app.js'), load()]);
	if (signal.aborted) {
		return;
	}
	const layer = createPictureLayer(() => screen.refresh());
	const screen = createScreen({ stream: options.terminal, mode: options.mode, expand: layer.expand });
	// The last resort: an exit or an uncaught error elsewhere must not leave the user without a cursor.
	process.once('exit', screen.restore);
	let leave = (): void => {};
	let unmount: (() => void) | undefined;
	try {
		await new Promise<void>((resolve, reject) => {
			const complete = (error?: Error): void => (error === undefined ? resolve() : reject(error));
			leave = resolve;
			signal.addEventListener('abort', leave);
			unmount = renderApp(element, { ...options, screen, layer, complete });
		});
	} finally {
		signal.removeEventListener('abort', leave);
		unmount?.();
		screen.restore();
		process.off('exit', screen.restore);
	}
}
