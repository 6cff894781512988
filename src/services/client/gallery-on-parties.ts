import { DESCRIPTOR_LENGTH, fixedThreshold } from '../../core/face/fixed-match.js';
import { RING_32 } from '../../core/mpc/ring.js';
import { readBestMatch } from '../../core/mpc/steps/best-match.js';
import { pathLength } from '../../core/mpc/steps/nearest.js';
import { combineOpenedBits } from '../../core/mpc/steps/open-bits.js';
import { encodeGalleryProgram, type GalleryProgram, MAX_ENROLLED_AT_ONCE } from '../party/gallery-program.js';
import type { JobCounts, PartiesClient, PartiesJob } from './run-on-parties.js';

/**
 * Appends templates behind the `held` ones, in as many jobs as it takes, and gives how many there are then.
 * Shape: templates n x 128, from `fixedDescriptor`.
 * Throws: PeerError, also when the parties hold another number of templates.
 */
export async function enrollOnParties(client: PartiesClient, held: number, templates: Int32Array): Promise<number> {
	const total = templates.length / DESCRIPTOR_LENGTH;
	for (let from = 0; from < total; from += MAX_ENROLLED_AT_ONCE) {
		const count = Math.min(MAX_ENROLLED_AT_ONCE, total - from);
		const input = templates.subarray(from * DESCRIPTOR_LENGTH, (from + count) * DESCRIPTOR_LENGTH);
		await client.runJob(galleryJob({ kind: 'enroll', templates: held + from, count }, input));
	}
	return held + total;
}

/** For each of the `held` templates 1 if it is nearer to the probe than the threshold. Throws: as `enrollOnParties`. */
export async function matchOnParties(
	client: PartiesClient,
	held: number,
	probe: Int32Array,
	threshold: number,
): Promise<JobCounts & { readonly matches: Uint8Array }> {
	const program = { kind: 'matches', templates: held, threshold: fixedThreshold(threshold) } as const;
	const { opened, ...counts } = await client.runJob(galleryJob(program, probe));
	return { ...counts, matches: combineOpenedBits(opened, held, 1) };
}

/** The place of the nearest template if it is nearer than the threshold. Throws: as `enrollOnParties`. */
export async function bestOnParties(
	client: PartiesClient,
	held: number,
	probe: Int32Array,
	threshold: number,
): Promise<JobCounts & { readonly place: number | undefined }> {
	const program = { kind: 'best', templates: held, threshold: fixedThreshold(threshold) } as const;
	const { opened, ...counts } = await client.runJob(galleryJob(program, probe));
	return { ...counts, place: readBestMatch(held, [...combineOpenedBits(opened, 1, 1 + pathLength(held))]) };
}

function galleryJob(program: GalleryProgram, input: Int32Array): PartiesJob {
	const none = { weights: new Int32Array(0), privateWeights: false };
	return { program: encodeGalleryProgram(program), ring: RING_32, input, ...none };
}
