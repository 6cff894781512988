import { existsSync } from 'node:fs';
import { type PrivacyReport, privacyReport } from '../core/average/accounting.js';
import { denoiseAverage } from '../core/average/denoise.js';
import { estimateAverage, imageOfMeans } from '../core/average/estimator.js';
import { createMechanism } from '../core/average/mechanism.js';
import { isReleasedWhenAsked } from '../core/average/mechanism-parameters.js';
import { rmseOfNoise } from '../core/average/release-noise.js';
import { type ReleaseReport, releaseReport } from '../core/average/release-report.js';
import type { SessionParameters } from '../core/average/session.js';
import { DataError, PeerError, PolicyError } from '../core/errors.js';
import type { Channels, Image, Size } from '../core/image/image.js';
import { decodeNpyFloat64 } from '../core/npy.js';
import { askForRelease, type WantedRelease } from './average-release.js';
import type { CommandContext } from './define-command.js';

/** An average from wherever it came. */
export interface AverageSource {
	readonly image: Image;
	/** Unclamped means, H, W, C. */
	readonly means: ArrayLike<number>;
	readonly count: number;
	/** Gray levels; null where the noise is not known. */
	readonly expectedRmse: number | null;
	/** What one upload is guaranteed, and of sums on shares what a release is: null for an exact one. */
	readonly privacy: (PrivacyReport & { readonly release?: ReleaseReport | null }) | null;
	/** Of a session on shares whose sums got noise. */
	readonly noisy?: NoisyAverage | undefined;
}

/** An average with release noise. */
export interface NoisyAverage {
	/** Unit: gray levels of the average. */
	readonly noiseRmse: number;
	readonly denoised: Image;
}

/** Throws: PolicyError 'minimum-batch' before the first release, PeerError. */
export async function averageOfUrl(
	options: {
		readonly from: string;
		readonly session: string;
		readonly token: string | undefined;
		readonly ca: string | undefined;
		readonly fingerprint: string | undefined;
		readonly release: WantedRelease | null;
	},
	context: CommandContext,
): Promise<AverageSource> {
	const { SHORT_ANSWER_BYTES } = await import('../services/client/connection.js');
	const { connectTo } = await import('./connect-to.js');
	const { fetchSession, sessionPath } = await import('../services/client/fetch-session.js');
	const { messageOf } = await import('../services/client/upload-report.js');
	const { RELEASE_MS } = await import('../services/client/shares-parties.js');
	const timeoutMs = options.release === null ? undefined : RELEASE_MS;
	const connection = await connectTo(options.from, options, context, { timeoutMs });
	try {
		const session = await fetchSession(connection, options.session);
		if (options.release !== null) await askForRelease(connection, session, options.release, context);
		// its means as float64, and a header
		const maxBytes = session.width * session.height * session.channels * 8 + SHORT_ANSWER_BYTES;
		const path = `${sessionPath(session.name)}/average.npy`;
		const answer = await connection.send('GET', path, undefined, maxBytes);
		if (answer.status === 403)
			throw isReleasedWhenAsked(session.mechanism) ? notAskedYet() : tooEarly(messageOf(answer));
		if (answer.status !== 200) throw new PeerError('no-average', `${connection.url}: ${messageOf(answer)}`);
		const count = Number(answer.headers['x-veilcam-count']);
		const values = meansOf(answer.body, session);
		if (values === null || !(Number.isSafeInteger(count) && count >= 1)) {
			throw new PeerError('no-average', `${connection.url}: the average is not one of this session`, {
				hint: 'Check that the address is that of a collector, and that no proxy changes its answers.',
			});
		}
		const image = imageOfMeans(session, values);
		const expectedRmse = createMechanism(session.mechanism).expectedRmse(count, image.samples);
		if (session.mechanism.kind === 'shares') {
			const sigmaText = answer.headers['x-veilcam-noise-gray'];
			const { fetchReleases } = await import('../services/client/fetch-releases.js');
			const { batches } = await fetchReleases(connection, session.name);
			const report = releaseReport(session.mechanism, batches);
			return sharedAverage(session, values, { count, noiseRmse: Number(sigmaText ?? 0), report });
		}
		return { image, means: values, count, expectedRmse, privacy: privacyReport(session, { picturesPerPerson: 1 }) };
	} finally {
		connection.close();
	}
}

/** The means of a session in a server's answer; null where there are none. */
function meansOf(body: Uint8Array, session: Size & { channels: Channels }): Float64Array | null {
	try {
		const { values, shape } = decodeNpyFloat64(body, 'the average');
		const isOfSession = values.length === session.width * session.height * session.channels;
		return isOfSession && shape[0] === session.height && values.every(Number.isFinite) ? values : null;
	} catch (error) {
		// what a server sends is the server's fault, not that of a file
		if (error instanceof DataError) return null;
		throw error;
	}
}

/** Throws: PolicyError 'minimum-batch' before the first release, DataError. */
export async function averageOfStore(file: string): Promise<AverageSource> {
	if (!existsSync(file)) {
		throw new DataError('missing-file', `${file}: there is no such file or folder`, {
			hint: 'Give the address of a collector, its store, or a folder of pictures.',
		});
	}
	const { readFrontStore } = await import('../services/collector/front-store.js');
	const front = readFrontStore(file);
	if (front !== null) {
		const { mechanism } = front.session;
		const { count, sums, totalSigma, batches } = front.released;
		if (count === 0 || mechanism.kind !== 'shares') {
			throw isReleasedWhenAsked(mechanism) ? notAskedYet() : tooEarly('no average yet: no batch has been released');
		}
		const { means } = estimateAverage(front.session, sums, count);
		const noiseRmse = rmseOfNoise(mechanism.bits, count, totalSigma);
		return sharedAverage(front.session, means, { count, noiseRmse, report: releaseReport(mechanism, batches) });
	}
	const { readStore } = await import('../services/collector/store.js');
	const { session, release, count } = readStore(file);
	if (release === null) throw tooEarly(`no average yet: ${count} of ${session.minBatch} reports have come`);
	const sums = release.base.map((sum, i) => sum + release.recent[i]);
	const { means, image, expectedRmseGray } = estimateAverage(session, sums, release.count);
	const privacy = privacyReport(session, { picturesPerPerson: 1 });
	return { image, means, count: release.count, expectedRmse: expectedRmseGray, privacy };
}

/** The average of a session on shares, with its denoised twin where there is noise. */
function sharedAverage(
	session: SessionParameters,
	means: Float64Array,
	released: { readonly count: number; readonly noiseRmse: number; readonly report: ReleaseReport | null },
): AverageSource {
	const { count, noiseRmse, report } = released;
	const image = imageOfMeans(session, means);
	const expectedRmse = Math.hypot(createMechanism(session.mechanism).expectedRmse(count, image.samples), noiseRmse);
	const privacy = privacyReport(session, { picturesPerPerson: 1 });
	if (report === null) return { image, means, count, expectedRmse, privacy: { ...privacy, release: null } };
	const denoised = imageOfMeans(session, denoiseAverage(session, means, expectedRmse));
	const noisy = { noiseRmse, denoised };
	return { image, means, count, expectedRmse, privacy: { ...privacy, release: report }, noisy };
}

function notAskedYet(): PolicyError {
	return new PolicyError(
		'noise-required',
		'no average yet: this session releases one with noise, when it is asked to',
		{
			hint: 'Ask its collector with --epsilon, which spends that much of the budget.',
		},
	);
}

function tooEarly(message: string): PolicyError {
	return new PolicyError('minimum-batch', message, { hint: 'Wait for more pictures, and ask again.' });
}
