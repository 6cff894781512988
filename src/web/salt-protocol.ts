import type { PrivacyReport } from '../core/average/accounting.js';
import type { SessionParameters } from '../core/average/session.js';
import type { Image } from '../core/image/image.js';
import type { FrameShot } from './camera-frame.js';

/** What the page asks of the worker. Every upload that it shows or makes has noise of its own. */
export type SaltRequest =
	/** An upload as a picture, as a trial that is not sent. */
	| { readonly kind: 'show'; readonly session: SessionParameters; readonly picture: FrameShot | Image }
	/** What our best denoiser makes of one upload, as a trial that is not sent. */
	| { readonly kind: 'guess'; readonly session: SessionParameters; readonly picture: FrameShot | Image }
	/** A report to send. */
	| { readonly kind: 'salt'; readonly session: SessionParameters; readonly picture: FrameShot | Image }
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
	/** Against the original; null where they are equal. */
	readonly psnrDb: number | null;
}

/** What comes back, by the kind of the request. */
export interface SaltAnswers {
	readonly show: ImageBitmap;
	readonly guess: Guess;
	readonly salt: { readonly id: string; readonly body: Uint8Array<ArrayBuffer> };
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
