import type { OpenSum } from '../../core/audit/sum-target.js';
import { createMechanism } from '../../core/average/mechanism.js';
import { bitsOfSum } from '../../core/average/release-noise.js';
import { numbersOfPlanes, sharePlaneBytes, sharePlanes } from '../../core/average/share-planes.js';
import { expandKey, type PairKeys } from '../../core/mpc/keystream.js';
import { PARTIES } from '../../core/mpc/party-index.js';
import { createMemoryTransport } from '../../core/mpc/transport/memory-transport.js';
import type { RandomSource } from '../../core/random.js';
import { type DrawOwnNoise, drawOwnNoise } from './own-noise.js';
import { createTalk } from './party-talk.js';
import { sumBatch } from './sum-batch.js';

const KEY_BYTES = 16;

/**
 * Three parties in this process that share, add and open pictures as the real ones do, with noise that each of them draws;
 * what lies around a sum (stores, lists, links) is left out. `draw` is another noise for tests that shall catch it.
 */
export function createSumHere(draw: DrawOwnNoise = drawOwnNoise): OpenSum {
	return async ({ pictures, bits, noise }, random) => {
		const sampleCount = pictures[0].length;
		const { privatize } = createMechanism({ kind: 'shares', bits, budget: null });
		const bodies = await Promise.all(
			pictures.map((samples) => sharePlanes(privatize(samples, random), random, expandKey)),
		);
		const summands: Uint8Array[] = [];
		if (noise !== null) for (const _ of PARTIES) summands.push(await draw(noise.partySigma, sampleCount, random));
		const keys: PairKeys = { '01': freshKey(random), '12': freshKey(random), '02': freshKey(random) };
		const { channels } = createMemoryTransport();
		const [a, b, c] = await Promise.all(
			PARTIES.map((index) =>
				sumBatch({
					...{ index, channel: channels[index], talk: createTalk(index, channels[index]), keys, bits },
					bodyOf: (ordinal) => bodies[ordinal][index],
					ordinals: [...pictures.keys()],
					rowBytes: sharePlaneBytes(sampleCount),
					width: bitsOfSum(bits, pictures.length, noise),
					summand: summands[index] ?? null,
				}),
			),
		);
		const planes = a.map((plane, weight) => plane.map((byte, i) => byte ^ b[weight][i] ^ c[weight][i]));
		return {
			sums: numbersOfPlanes(planes, sampleCount, noise !== null),
			ownNoise: new Float64Array(summands[0]?.slice().buffer ?? sampleCount),
		};
	};
}

function freshKey(random: RandomSource): Uint8Array {
	const key = new Uint8Array(KEY_BYTES);
	random.fillInto(key);
	return key;
}
