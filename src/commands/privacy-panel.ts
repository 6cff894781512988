import { type PrivacyReport, privacyReport } from '../core/average/accounting.js';
import { describeDelta, describeFigure } from '../core/average/privacy-figure.js';
import { promiseOfBudget } from '../core/average/release-report.js';
import { describeMechanism, type SessionParameters } from '../core/average/session.js';
import { otherWorld, tryWorld } from '../core/average/worlds.js';
import type { Image } from '../core/image/image.js';
import { expandKey } from '../core/mpc/keystream.js';
import type { RandomSource } from '../core/random.js';
import { type WorldFields, worldFields, worldsTable } from './worlds-table.js';

/** What a person sees before anything is sent. */
export interface PrivacyPanel {
	readonly text: string;
	readonly fields: PrivacyReport & {
		/** The best guess from one upload of this session. */
		readonly reconstruction: WorldFields['reconstruction'];
		/** Noise at the camera, then shares at three servers. */
		readonly worlds: readonly [WorldFields, WorldFields];
		/** What is guaranteed of all averages together in a session on shares, null where they are exact. */
		readonly releases?: ReturnType<typeof promiseOfBudget>;
	};
	/** Original, one upload as a picture, the best reconstruction of that upload, and what the other way to hide shows. */
	readonly pictures: readonly [Image, Image, Image, Image];
	/** Original, what is guessed of it under noise, and what one of three servers gets. */
	readonly worldPictures: readonly [Image, Image, Image];
}

/**
 * Hides a picture both ways, as a trial that is not sent, and says what each protects and what not.
 * `picturesPerPerson` are composed as if all showed the same scene.
 */
export async function privacyPanel(
	session: SessionParameters,
	picture: Image,
	picturesPerPerson: number,
	random: RandomSource,
): Promise<PrivacyPanel> {
	const report = privacyReport(session, { picturesPerPerson });
	const own = await tryWorld(session, picture, random, expandKey);
	const other = await tryWorld(otherWorld(session), picture, random, expandKey);
	const [noise, shares] = own.kind === 'noise' ? [own, other] : [other, own];
	const worlds = [worldFields(noise, noise === own), worldFields(shares, shares === own)] as const;
	const releases = session.mechanism.kind === 'shares' ? { releases: promiseOfBudget(session.mechanism) } : {};
	const text = [
		`Session ${session.name}: ${session.width}x${session.height} ${session.channels === 1 ? 'gray' : 'RGB'}, ${describeMechanism(session.mechanism)}.`,
		...(session.mechanism.kind === 'shares' ? sharedGuarantee(session, picturesPerPerson) : noiseGuarantee(report)),
		'Two ways to hide a picture, tried on the first one:',
		...worldsTable(worlds),
		`Not hidden: ${own.kind === 'shares' ? 'each server' : 'the collector'} sees your address, the time and how many you send.`,
	].join('\n');
	return {
		text,
		fields: { ...report, reconstruction: worldFields(own, true).reconstruction, worlds, ...releases },
		pictures: [picture, own.upload, own.guess.image, own === noise ? shares.upload : noise.guess.image],
		worldPictures: [picture, noise.guess.image, shares.upload],
	};
}

function noiseGuarantee({ units, picturesPerPerson }: PrivacyReport): string[] {
	const several = picturesPerPerson > 1;
	const widest = Math.max(...units.map(({ perRelease }) => describeFigure(perRelease).length));
	const row = (unit: string, one: string, all: string): string =>
		`  ${unit.padEnd(8)} ${several ? `${one.padEnd(widest)} ${all}` : one}`.trimEnd();
	return [
		'What the noise of your camera guarantees:',
		row('of one', 'by one upload', `by all ${picturesPerPerson} of one scene`),
		...units.map(({ unit, perRelease, cumulative }) =>
			row(unit, describeFigure(perRelease), describeFigure(cumulative)),
		),
	];
}

function sharedGuarantee({ mechanism, minBatch }: SessionParameters, pictureCount: number): string[] {
	if (mechanism.kind !== 'shares') return [];
	const { budget, picturesPerPerson = 1 } = mechanism;
	const one = pictureCount === 1 ? 'your picture' : 'each of your pictures by itself';
	const whom = picturesPerPerson === 1 ? one : `your ${picturesPerPerson} pictures in each batch`;
	return [
		'What the three servers guarantee, as long as no two of them work together:',
		'  Each receives uniform bits, whatever your picture is; only a sum of many pictures is ever put together.',
		budget === null
			? `  The sum of ${minBatch} or more pictures is exact: for it the guarantee is none, if all the others are against you.`
			: `  Sums get noise that hides ${whom}: all together within epsilon ${budget.epsilon}, delta ${describeDelta(budget.delta)}.`,
	];
}
