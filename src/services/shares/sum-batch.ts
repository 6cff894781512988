import { bitPlanesOf, xorBytesInto } from '../../core/average/share-planes.js';
import type { Channel } from '../../core/mpc/channel.js';
import { createPairStreams, expandKey, type PairKeys } from '../../core/mpc/keystream.js';
import { nextParty, PARTIES, type PartyIndex, pairWithPrevious, previousParty } from '../../core/mpc/party-index.js';
import { costOfSum } from '../../core/mpc/sum/sum-plan.js';
import { createSummation, type RowShare, type Summation } from '../../core/mpc/sum/summation.js';
import type { PartyTalk } from './party-talk.js';
import { componentsOf } from './share-hash.js';

/** Of few, so that the rows of a round stay in the cache. */
const PICTURES_PER_ROUND = 8;

/** The component that is sent as it is; the others are seeds. */
const PLAIN_COMPONENT = 2;

interface SumParts {
	readonly index: PartyIndex;
	/** Of a picture, as this party was sent it; good until the next is asked for. */
	readonly bodyOf: (ordinal: number) => Uint8Array;
	readonly ordinals: readonly number[];
	readonly channel: Channel;
	readonly talk: PartyTalk;
	/** Of this attempt. */
	readonly keys: PairKeys;
	readonly bits: 1 | 8;
	readonly rowBytes: number;
	readonly width: number;
	/** This party's noise, float64; null in an exact release. */
	readonly summand: Uint8Array | null;
}

/**
 * Adds the pictures of a batch, and the noise of all three parties where there is some.
 * Memory: the rows of a few rounds, whatever the number of pictures.
 */
export async function sumBatch(parts: SumParts): Promise<Uint8Array[]> {
	const { index, bodyOf, ordinals, channel, talk, keys, bits, rowBytes, width, summand } = parts;
	const streams = createPairStreams(keys);
	const drawNoise = (owner: PartyIndex): Uint8Array => {
		const bytes = new Uint8Array(width * rowBytes);
		streams.drawInto(bytes, pairWithPrevious(owner), owner);
		return bytes;
	};
	const noise =
		summand === null
			? []
			: await shareNoise({ index, talk, drawNoise, planes: planesOfNumbers(summand, rowBytes, width) });
	const pictureCounts = (count: number): number[] => Array.from({ length: bits }, () => count);
	const sizes: number[] = [];
	for (let at = 0; at < ordinals.length; at += PICTURES_PER_ROUND) {
		sizes.push(Math.min(PICTURES_PER_ROUND, ordinals.length - at));
	}
	const cost = costOfSum(width, [
		...(noise.length === 0 ? [] : [Array.from({ length: width }, () => noise.length)]),
		...sizes.map(pictureCounts),
	]);
	const sum = await createSummation({
		...{ index, channel, streams, rowBytes, width, cost },
		...{ firstStep: talk.nextStep, firstDraw: PARTIES.length },
	});
	try {
		if (noise.length > 0) {
			for (const share of noise) putPlanes(sum, share, width, rowBytes);
			await sum.round();
		}
		let at = 0;
		for (const size of sizes) {
			for (const ordinal of ordinals.slice(at, at + size)) {
				const { first, second } = componentsOf(index, bodyOf(ordinal));
				const share = {
					first: planesOf(first, index, bits * rowBytes),
					second: planesOf(second, nextParty(index), bits * rowBytes),
				};
				putPlanes(sum, share, bits, rowBytes);
			}
			at += size;
			await sum.round();
		}
		return await sum.finish();
	} finally {
		sum.erase();
	}
}

function putPlanes(sum: Summation, { first, second }: RowShare, planes: number, rowBytes: number): void {
	for (let weight = 0; weight < planes; weight++) {
		const [from, to] = [weight * rowBytes, (weight + 1) * rowBytes];
		sum.put(weight, { first: first.subarray(from, to), second: second.subarray(from, to) });
	}
}

function planesOf(component: Uint8Array, number: number, byteLength: number): Uint8Array {
	return number === PLAIN_COMPONENT ? component : expandKey(component, number, byteLength);
}

/**
 * The three parties' noise as replicated rows: of party i's, component i is F with the previous party, component i + 1 is
 * the noise under it, sent to the next party, and component i + 2 is zero.
 */
async function shareNoise(parts: {
	readonly index: PartyIndex;
	readonly talk: PartyTalk;
	readonly drawNoise: (owner: PartyIndex) => Uint8Array;
	readonly planes: Uint8Array;
}): Promise<RowShare[]> {
	const { index, talk, drawNoise, planes } = parts;
	const zero = new Uint8Array(planes.length);
	const shares: RowShare[] = [];
	for (const owner of PARTIES) {
		const mask = index === owner || index === previousParty(owner) ? drawNoise(owner) : zero;
		const masked = planes.slice();
		xorBytesInto(masked, mask);
		const received = await talk.pass(owner, nextParty(owner), () => masked, planes.length);
		if (received !== null) shares.push({ first: received, second: zero });
		else if (index === owner) shares.push({ first: mask, second: masked });
		else shares.push({ first: zero, second: mask });
	}
	return shares;
}

/** Whole numbers in two's complement, one plane after the other. */
function planesOfNumbers(summand: Uint8Array, rowBytes: number, width: number): Uint8Array {
	const numbers = new Float64Array(Uint8Array.from(summand).buffer);
	const planes = new Uint8Array(width * rowBytes);
	const digits = new Uint8Array(numbers.length);
	for (let plane = 0; plane < width; plane += 8) {
		// an array of bytes keeps the lowest eight bits, of negative numbers too
		for (let i = 0; i < numbers.length; i++) digits[i] = Math.floor(numbers[i] / 2 ** plane);
		planes.set(bitPlanesOf(digits).subarray(0, Math.min(8, width - plane) * rowBytes), plane * rowBytes);
	}
	return planes;
}
