import type { SessionDescription } from '../core/average/session-description.js';
import { type Camera, CameraError, type CameraTrouble, openCamera } from './camera.js';
import type { Collector } from './collector.js';
import { el } from './dom.js';
import { nextFrame } from './draw.js';
import type { Keep, Run } from './keep.js';
import { createLiveView } from './live-view.js';
import { createOutbox, type OutboxState, sessionKey } from './outbox.js';
import { createRoomAverage } from './room-average.js';
import type { Salter } from './salter.js';
import { heading, noticeScreen, type Screen } from './screen.js';
import { createSharesSender } from './send-shares.js';
import { textsFor } from './session-texts.js';
import { shootingScreen } from './shooting.js';
import { createStatusLine } from './status-line.js';
import { studioScreen } from './studio.js';
import type { Texts } from './texts/en.js';

export interface AppParts {
	readonly texts: Texts;
	readonly session: SessionDescription;
	readonly collector: Collector;
	readonly keep: Keep;
	readonly salter: Salter;
	/** Waits so long, or until the network comes back. */
	readonly wait: (ms: number) => Promise<void>;
	readonly jitter: () => number;
}

/** Unless a person wants another number. */
const FIRST_COUNT = 5;

/** The page of one session, from the welcome to the thanks. */
export async function runApp(root: HTMLElement, parts: AppParts): Promise<void> {
	const { session, collector, keep, salter } = parts;
	const texts = textsFor(parts.texts, session);
	const key = sessionKey(session);
	const sendShares = createSharesSender(collector.sendShare);
	const kept = await keep.read(key);
	const fresh: Run = { key, wanted: 0, taken: 0, counted: 0, refused: 0 };
	const status = createStatusLine(texts, kept.forgottenCount);
	const average = createRoomAverage(texts, collector, session);
	let screen: Screen | undefined;
	const onChange = (state: OutboxState): void => {
		status.show(state);
		screen?.show?.(state);
	};
	const outbox = createOutbox(
		{
			keep,
			send: (report) =>
				'shares' in report ? sendShares(report.id, report.shares) : collector.sendReport(report.id, report.body),
			wait: parts.wait,
			jitter: parts.jitter,
			onChange,
		},
		{ run: kept.run ?? fresh, reports: kept.reports },
	);
	const stage = el('div', {});
	root.replaceChildren(status.element, stage);

	const show = (next: Screen): void => {
		screen?.close?.();
		screen = next;
		stage.replaceChildren(next.element);
		void greet(next);
	};
	/** Once it is drawn: scrolling and the focus would have it laid out at once, in the task that made it. */
	const greet = async (shown: Screen): Promise<void> => {
		await nextFrame();
		if (screen !== shown) return;
		scrollTo(0, 0);
		shown.element.querySelector('h1')?.focus({ preventScroll: true });
	};
	const leftToTake = (): number => Math.max(0, outbox.state.run.wanted - outbox.state.run.taken);

	const showWelcome = (): void => {
		const left = leftToTake();
		show({
			element: el(
				'div',
				{ class: 'welcome' },
				el(
					'section',
					{ class: 'hero' },
					heading(texts.welcomeTitle),
					el('p', {}, texts.welcome),
					el('p', {}, texts.welcomeNext),
					el(
						'button',
						{ class: 'main', type: 'button', onclick: () => void startCamera() },
						left > 0 ? texts.goOn(left) : texts.startCamera,
					),
					keep.isDurable ? null : el('p', { class: 'quiet' }, texts.notDurable),
				),
				average.element,
			),
		});
	};
	const showTrouble = (trouble: CameraTrouble | 'lost'): void => {
		const { title, text } = texts.trouble[trouble];
		show(noticeScreen({ title, text, action: { label: texts.tryAgain, run: () => void startCamera() } }));
	};
	const startCamera = async (): Promise<void> => {
		show(noticeScreen({ title: texts.cameraStarting }));
		const live = createLiveView(texts, session);
		live.zoom = 1;
		try {
			const camera = await openCamera(live.video, session);
			camera.onLost(() => {
				camera.close();
				showTrouble('lost');
			});
			showStudio(camera, live);
		} catch (error) {
			showTrouble(error instanceof CameraError ? error.trouble : 'failed');
		}
	};
	const showStudio = (camera: Camera, live: ReturnType<typeof createLiveView>): void => {
		show(
			studioScreen({
				...{ texts, session, salter, camera, live },
				takenBefore: outbox.state.run.taken,
				firstCount: leftToTake() > 0 ? leftToTake() : FIRST_COUNT,
				onSend(count) {
					const shared = { texts, session, key, salter, camera, live, outbox, count };
					show(shootingScreen({ ...shared, average: average.element, onDone: showDone }));
				},
				onStop() {
					camera.close();
					showWelcome();
				},
			}),
		);
	};
	const showDone = (): void => {
		const said = el('p', {});
		const again = el('button', { type: 'button', onclick: () => void startCamera() }, texts.again);
		const thanks = el('section', { class: 'hero' }, heading(texts.doneTitle), said, again);
		const done = {
			element: el('div', { class: 'welcome done' }, thanks, average.element),
			// what waits may be counted later
			show({ run }: OutboxState): void {
				said.textContent = run.counted === 0 ? texts.doneNone : texts.done(run.counted);
			},
		};
		done.show(outbox.state);
		show(done);
	};
	status.show(outbox.state);
	showWelcome();
}
