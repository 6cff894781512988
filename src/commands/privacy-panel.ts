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
	const rows = report.units.map(
		({ unit, perRelease, cumulative }) =>
			`  ${unit.padEnd(8)} ${describeFigure(perRelease).padEnd(38)} ${describeFigure(cumulative)}`,
	);
	const text = [
		`Session ${session.name} asks for ${describeMechanism(session.mechanism)}, ${session.width}x${session.height} ${session.channels === 1 ? 'gray' : 'RGB'}.`,
		`What your noise guarantees${picturesPerPerson > 1 ? `, and for your ${picturesPerPerson} pictures of one scene` : ''}:`,
		`  ${'of a'.padEnd(8)} ${'one upload'.padEnd(38)} all ${picturesPerPerson}`,
		...rows,
		`What it does not hide: the best of our denoisers gets ${psnr === null ? 'the picture itself' : `${psnr.toFixed(1)} dB`} from one upload (${method});`,
		'  about 12 dB is a guess, above 20 dB a face is recognisable. Your address, the time and the number of uploads are seen.',
	].join('\n');
	return {
		text,
		fields: { ...report, reconstruction: { psnr, method } },
		pictures: [picture, reportAsImage(session, body), image],
	};
}
