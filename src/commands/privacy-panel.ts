import { type PrivacyReport, privacyReport } from '../core/average/accounting.js';
import { reconstructUpload } from '../core/average/denoise.js';
import { createMechanism } from '../core/average/mechanism.js';
import { describeFigure } from '../core/average/privacy-figure.js';
import { reportAsImage } from '../core/average/report-values.js';
import { describeMechanism, type SessionParameters } from '../core/average/session.js';
import type { Image } from '../core/image/image.js';
import type { RandomSource } from '../core/random.js';

/** What a person sees before anything is sent. */
export interface PrivacyPanel {
	readonly text: string;
	readonly fields: PrivacyReport & {
		readonly reconstruction: { readonly psnr: number | null; readonly method: string };
	};
	/** Original, one upload as a picture, and the best reconstruction of that upload. */
	readonly pictures: readonly [Image, Image, Image];
}

/**
 * Salts a picture once, as a trial that is not sent, and says what that protects and what not.
 * `picturesPerPerson` are composed as if all showed the same scene.
 */
export function privacyPanel(
	session: SessionParameters,
	picture: Image,
	picturesPerPerson: number,
	random: RandomSource,
): PrivacyPanel {
	const report = privacyReport(session, { picturesPerPerson });
	const body = createMechanism(session.mechanism).privatize(picture.samples, random);
	const { image, psnrDb, method } = reconstructUpload(session, body, picture);
	const psnr = Number.isFinite(psnrDb) ? psnrDb : null;
	const several = picturesPerPerson > 1;
	const widest = Math.max(...report.units.map(({ perRelease }) => describeFigure(perRelease).length));
	const row = (unit: string, one: string, all: string): string =>
		`  ${unit.padEnd(8)} ${several ? `${one.padEnd(widest)} ${all}` : one}`.trimEnd();
	const text = [
		`Session ${session.name}: ${session.width}x${session.height} ${session.channels === 1 ? 'gray' : 'RGB'}, ${describeMechanism(session.mechanism)}.`,
		'What the noise of your camera guarantees:',
		row('of one', 'by one upload', `by all ${picturesPerPerson} of one scene`),
		...report.units.map(({ unit, perRelease, cumulative }) =>
			row(unit, describeFigure(perRelease), describeFigure(cumulative)),
		),
		'What it does not hide:',
		`  From one upload our best denoiser gets ${psnr === null ? 'the picture itself' : `a picture of ${psnr.toFixed(1)} dB`}`,
		`  (${method}). 12 dB is a guess; above 20 dB a face can be known.`,
		'  The collector sees your address, the time and how many you send.',
	].join('\n');
	return {
		text,
		fields: { ...report, reconstruction: { psnr, method } },
		pictures: [picture, reportAsImage(session, body), image],
	};
}
