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
	const body = trialUpload(session, picture, random);
	const { image, psnrDb, method } = reconstructUpload(session, body, picture);
	const psnr = Number.isFinite(psnrDb) ? psnrDb : null;
	const several = picturesPerPerson > 1;
	const widest = Math.max(...report.units.map(({ perRelease }) => describeFigure(perRelease).length));
	const row = (unit: string, one: string, all: string): string =>
		`  ${unit.padEnd(8)} ${several ? `${one.padEnd(widest)} ${all}` : one}`.trimEnd();
	const isShared = session.mechanism.kind === 'shares';
	const text = [
		`Session ${session.name}: ${session.width}x${session.height} ${session.channels === 1 ? 'gray' : 'RGB'}, ${describeMechanism(session.mechanism)}.`,
		...(isShared ? sharedWorld(session) : ['What the noise of your camera guarantees:']),
		...(isShared ? [] : [row('of one', 'by one upload', `by all ${picturesPerPerson} of one scene`)]),
		...(isShared
			? []
			: report.units.map(({ unit, perRelease, cumulative }) =>
					row(unit, describeFigure(perRelease), describeFigure(cumulative)),
				)),
		'What it does not hide:',
		`  From ${isShared ? "one server's part" : 'one upload'} our best denoiser gets ${psnr === null ? 'the picture itself' : `a picture of ${psnr.toFixed(1)} dB`}`,
		`  (${method}). 12 dB is a guess; above 20 dB a face can be known.`,
		...(isShared ? SHARED_RISKS : ['  The collector sees your address, the time and how many you send.']),
	].join('\n');
	return {
		text,
		fields: { ...report, reconstruction: { psnr, method } },
		pictures: [picture, reportAsImage(session, body), image],
	};
}

const SHARED_RISKS = [
	'  Any two of the three servers together see your picture itself; a server sees your address, the time and how many.',
	'  With noise at the camera nobody need be trusted so, and every pixel costs some of its picture.',
];

/** The other world: nothing is added to the picture, and nobody holds it. */
function sharedWorld({ mechanism, minBatch }: SessionParameters): string[] {
	if (mechanism.kind !== 'shares') return [];
	const { budget } = mechanism;
	return [
		'What the three servers guarantee, as long as no two of them work together:',
		'  Each receives uniform bits, whatever your picture is; only a sum of many pictures is ever put together.',
		budget === null
			? `  The sum of ${minBatch} or more pictures is exact: for it the guarantee is none, if all the others are against you.`
			: `  Sums get noise: all releases together stay within epsilon ${budget.epsilon}, delta ${budget.delta}.`,
	];
}

/** What leaves of a picture: a salted report, or what one server gets, which does not depend on the picture. */
function trialUpload(session: SessionParameters, picture: Image, random: RandomSource): Uint8Array {
	const mechanism = createMechanism(session.mechanism);
	if (session.mechanism.kind !== 'shares') return mechanism.privatize(picture.samples, random);
	const component = new Uint8Array(mechanism.reportBytes(picture.samples.length));
	random.fillInto(component);
	return component;
}
