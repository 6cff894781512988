import type { BitKernel, RingKernel } from '../kernels/ring.js';
import type { Arena } from './arena.js';
import type { Channel } from './channel.js';
import type { PairStreams } from './keystream.js';
import type { PartyIndex } from './party-index.js';
import type { Ring } from './ring.js';
import type { StepCounter } from './step-counter.js';

/** All that a step needs of the party that runs it. */
export interface Party {
	readonly index: PartyIndex;
	readonly ring: Ring;
	readonly arena: Arena;
	readonly kernels: { readonly ring: RingKernel; readonly bits: BitKernel };
	readonly streams: PairStreams;
	readonly channel: Channel;
	readonly counter: StepCounter;
}
