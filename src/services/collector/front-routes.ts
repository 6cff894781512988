import type { FastifyReply, FastifyRequest } from 'fastify';
import { parsePromise, type ReleasePromise } from '../../core/average/release-noise.js';
import type { SharesTarget } from '../../core/average/session-description.js';
import { VeilcamError } from '../../core/errors.js';

/** One batch as the front keeps and tells it: public figures. */
export interface ReleasedBatch {
	readonly batch: number;
	readonly count: number;
	readonly totalSigma: number;
	readonly rho: number;
	readonly promise: ReleasePromise | null;
}

/** What a collector that is the front of three parties offers beside the usual. */
export interface FrontRoutes {
	readonly target: SharesTarget;
	/** Pictures that all three parties hold, and that are in no batch yet. */
	readonly waiting: number;
	/** Sentences for the operator: what the parties cannot mend by themselves. */
	readonly warnings: readonly string[];
	/** All so far. */
	readonly batches: readonly ReleasedBatch[];
	/** Asks the parties how far they are, since `waiting` is of a moment ago. Throws: PeerError. */
	look(): Promise<unknown>;
	/** Asks the parties for the next batch with noise. Throws: PolicyError, PeerError. */
	releaseNext(promise: ReleasePromise): Promise<ReleasedBatch>;
}

const STATUS_BY_EXIT_CODE = { 1: 500, 2: 400, 3: 400, 4: 502, 5: 403 } as const;

/** GET …/releases: all so far, and how many pictures wait; with `?fresh` as it is now, if the parties answer. */
export function createFrontReleases(front: FrontRoutes) {
	return async ({ query }: FastifyRequest) => {
		if (Object.hasOwn(Object(query), 'fresh')) await front.look().catch(() => {});
		return { batches: front.batches, waiting: front.waiting };
	};
}

/** POST …/releases with {"epsilon","delta","picturesPerPerson"}: opens the next batch. */
export function createFrontRelease(front: FrontRoutes) {
	return async (request: FastifyRequest, reply: FastifyReply) => {
		try {
			return await front.releaseNext(parsePromise(request.body, 'user'));
		} catch (error) {
			if (!(error instanceof VeilcamError)) throw error;
			const { code, message, hint, exitCode } = error;
			return reply.code(STATUS_BY_EXIT_CODE[exitCode]).send({ error: code, message, hint });
		}
	};
}
