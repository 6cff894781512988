import type { SessionDescription } from '../core/average/session-description.js';
import type { Image } from '../core/image/image.js';
import type { Camera } from './camera.js';
import type { FrameShot } from './camera-frame.js';
import { el } from './dom.js';
import { ovalOver } from './oval.js';
import type { Texts } from './texts/en.js';
import { tile } from './tile.js';

/** The camera with the oval over it. */
export interface LiveView {
	readonly element: HTMLElement;
	readonly video: HTMLVideoElement;
	zoom: number;
	grab(camera: Camera): FrameShot | Image;
	/** A short blink: a picture was taken. */
	blink(): void;
}

/** The video is cut by the same rule as the pictures: `object-fit: cover` and a scale about the middle are `cropOf`. */
export function createLiveView(texts: Texts, session: SessionDescription): LiveView {
	// muted and inline, or phones show it over the whole screen
	const video = el('video', { playsinline: true, muted: true, autoplay: true, 'aria-label': texts.staysAlt });
	video.muted = true;
	const element = tile('stays', texts.stays, session, video);
	element.querySelector('.frame')?.append(ovalOver(session), el('div', { class: 'blink', 'aria-hidden': 'true' }));
	let zoom = 1;
	return {
		element,
		video,
		get zoom() {
			return zoom;
		},
		set zoom(value) {
			zoom = value;
			// mirrored, as everybody knows himself; what is sent is not
			video.style.transform = `scale(${-value}, ${value})`;
		},
		grab: (camera) => camera.grab(zoom),
		blink() {
			const blink = element.querySelector('.blink');
			blink?.classList.remove('on');
			requestAnimationFrame(() => blink?.classList.add('on'));
		},
	};
}
