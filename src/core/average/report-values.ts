import type { Image } from '../image/image.js';
import { imageOfMeans } from './estimator.js';
import { createMechanism } from './mechanism.js';
import { requireBodyLength } from './report-length.js';
import { type SessionParameters, sampleCountOf } from './session.js';
import { numbersOfPlanes, sharePlaneBytes } from './share-planes.js';

/**
 * What one report says about each sample: bits, int16 words or bit planes as numbers, H, W, C. (What a server gets of a
 * shared picture is bit planes, too: uniform ones.)
 * Adding these over reports gives the sums that the estimator takes.
 */
export function decodeReport(session: SessionParameters, body: Uint8Array): Int16Array<ArrayBuffer> {
	const sampleCount = sampleCountOf(session);
	const { mechanism } = session;
	if (mechanism.kind === 'shares') {
		const stride = sharePlaneBytes(sampleCount);
		requireBodyLength(body, mechanism.bits * stride);
		const planes = Array.from({ length: mechanism.bits }, (_, bit) => body.subarray(bit * stride, (bit + 1) * stride));
		return Int16Array.from(numbersOfPlanes(planes, sampleCount, false));
	}
	const isBits = mechanism.kind === 'one-bit';
	requireBodyLength(body, isBits ? Math.ceil(sampleCount / 8) : 2 * sampleCount);
	if (isBits) return Int16Array.from({ length: sampleCount }, (_, i) => (body[i >> 3] >> (i & 7)) & 1);
	const view = new DataView(body.buffer, body.byteOffset, body.byteLength);
	return Int16Array.from({ length: sampleCount }, (_, i) => view.getInt16(2 * i, true));
}

/** The unbiased estimate of each sample from this report alone, in gray levels, unclamped. */
export function estimateFromReport(session: SessionParameters, body: Uint8Array): Float64Array<ArrayBuffer> {
	return createMechanism(session.mechanism).estimateMeans(decodeReport(session, body), 1);
}

/** One upload as a picture, for people: one-bit in black and white, the others clamped to 0..255. */
export function reportAsImage(session: SessionParameters, body: Uint8Array): Image {
	return imageOfMeans(session, estimateFromReport(session, body));
}
