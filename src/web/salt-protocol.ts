import type { PrivacyReport } from '../core/average/accounting.js';
import type { SessionParameters } from '../core/average/session.js';
import type { SessionDescription } from '../core/average/session-description.js';
import type { Image } from '../core/image/image.js';
import type { FrameShot } from './camera-frame.js';
import type { Upload } from './keep.js';

/** What the page asks of the worker. Every upload that it shows or makes has noise of its own. */
export type SaltRequest =
	/** An upload as a picture, as a trial that is not sent. */
	| { readonly kind: 'show'; readonly session: SessionParameters; readonly picture: FrameShot | Image }
	/** What our best denoiser makes of one upload, as a trial that is not sent. */
	| { readonly kind: 'guess'; readonly session: SessionParameters; readonly picture: FrameShot | Image }
	/** The other way to hide the picture, tried: with noise at the camera, or among three servers. */
	| { readonly kind: 'other'; readonly session: SessionParameters; readonly picture: FrameShot | Image }
	/** An upload to send. */
	| { readonly kind: 'salt'; readonly session: SessionDescription; readonly picture: FrameShot | Image }
	/** The figures for so many pictures of one scene. */
	| { readonly kind: 'account'; readonly session: SessionParameters; readonly pictures: number };

/** The figures, and each as the panel writes it: the worker has the time to load how numbers are written. */
export interface Account {
	readonly report: PrivacyReport;
	readonly figures: readonly {
		readonly unit: PrivacyReport['units'][number]['unit'];
		readonly once: string;
		readonly all: string;
	}[];
}

export interface Guess {
	readonly picture: ImageBitmap;
	/** What stands for this way to hide a picture: the guess, or of shares what one server gets, which is no picture. */
	readonly emblem: ImageBitmap;
	/** Against the original; null where they are equal. */
	readonly psnrDb: number | null;
}

/** What comes back, by the kind of the request. */
export interface SaltAnswers {
	readonly show: ImageBitmap;
	readonly guess: Guess;
	readonly other: Guess;
	readonly salt: Upload & { readonly id: string };
	readonly account: Account;
}

export type SaltKind = keyof SaltAnswers;

/** As posted; answers carry the number of their request. */
export interface SaltEnvelope {
	readonly number: number;
	readonly request: SaltRequest;
}

export type SaltReply =
	| { readonly number: number; readonly answer: SaltAnswers[SaltKind] }
	| { readonly number: number; readonly failure: string };
