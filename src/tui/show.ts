import type { CollectStore } from './dashboards/collect-store.js';
import type { ContributeStore } from './dashboards/contribute-store.js';
import type { PartiesStore } from './dashboards/parties-store.js';
import type { SubtractorStore } from './dashboards/subtractor-store.js';
import type { WatchStore } from './dashboards/watch-store.js';
import { mount } from './mount.js';
import type { RenderPicture } from './picture-pump.js';
import { themeFor } from './theme.js';

/** What every dashboard needs from the command that draws it. */
export interface ShowOptions {
	readonly stdin: NodeJS.ReadStream;
	/** stderr, see `dashboardObstacle`. */
	readonly terminal: NodeJS.WriteStream;
	/** Ctrl-C and q abort it. */
	readonly abort: AbortController;
	readonly env: Readonly<Record<string, string | undefined>>;
}

/** Draws the collector's dashboard over the whole window until the store completes or the controller aborts. */
export function showCollect(
	options: ShowOptions & {
		readonly store: CollectStore;
		readonly renderPicture: RenderPicture;
		/** A QR code, one text per line of the terminal. */
		readonly code?: readonly string[] | undefined;
	},
): Promise<void> {
	const { store, renderPicture, code, env } = options;
	return mount(
		async () => {
			const [{ createElement }, { CollectDashboard }] = await Promise.all([
				import('react'),
				import('./dashboards/collect.js'),
			]);
			return createElement(CollectDashboard, { store, renderPicture, code, theme: themeFor(env) });
		},
		{ ...options, mode: 'full' },
	);
}

/** Draws the progress of uploads at the cursor until the store completes or the controller aborts; its last frame stays. */
export function showContribute(
	options: ShowOptions & {
		readonly store: ContributeStore;
		readonly url: string;
		readonly renderPicture: RenderPicture;
	},
): Promise<void> {
	const { store, url, renderPicture, env } = options;
	return mount(
		async () => {
			const [{ createElement }, { ContributeDashboard }] = await Promise.all([
				import('react'),
				import('./dashboards/contribute.js'),
			]);
			return createElement(ContributeDashboard, { store, url, renderPicture, theme: themeFor(env) });
		},
		{ ...options, mode: 'inline' },
	);
}

/** Draws the dashboard of three parties over the whole window until the store completes or the controller aborts. */
export function showParties(options: ShowOptions & { readonly store: PartiesStore }): Promise<void> {
	const { store, env } = options;
	return mount(
		async () => {
			const [{ createElement }, { PartiesDashboard }] = await Promise.all([
				import('react'),
				import('./dashboards/parties.js'),
			]);
			return createElement(PartiesDashboard, { store, theme: themeFor(env) });
		},
		{ ...options, mode: 'full' },
	);
}

/** Draws the subtractor's dashboard over the whole window until the store completes or the controller aborts. */
export function showSubtractor(options: ShowOptions & { readonly store: SubtractorStore }): Promise<void> {
	const { store, env } = options;
	return mount(
		async () => {
			const [{ createElement }, { SubtractorDashboard }] = await Promise.all([
				import('react'),
				import('./dashboards/subtractor.js'),
			]);
			return createElement(SubtractorDashboard, { store, theme: themeFor(env) });
		},
		{ ...options, mode: 'full' },
	);
}

/** Draws what a camera's pictures show moving over the whole window until the store completes or the controller aborts. */
export function showWatch(
	options: ShowOptions & { readonly store: WatchStore; readonly renderPicture: RenderPicture },
): Promise<void> {
	const { store, renderPicture, env } = options;
	return mount(
		async () => {
			const [{ createElement }, { WatchDashboard }] = await Promise.all([
				import('react'),
				import('./dashboards/watch.js'),
			]);
			return createElement(WatchDashboard, { store, renderPicture, theme: themeFor(env) });
		},
		{ ...options, mode: 'full' },
	);
}
