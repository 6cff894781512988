import type { PairStreams } from '../../../../src/core/mpc/keystream.js';
import { PARTIES, type PartyIndex } from '../../../../src/core/mpc/party-index.js';
import { costOfSum, type RowCounts } from '../../../../src/core/mpc/sum/sum-plan.js';
import { createSummation, type RowShare } from '../../../../src/core/mpc/sum/summation.js';
import { createMemoryTransport, type MemoryTransport } from '../../../../src/core/mpc/transport/memory-transport.js';
import { testStreams } from '../three-parties.js';

/** The three components of one plane, and its weight. */
export interface SharedRow {
	readonly weight: number;
	readonly components: readonly [Uint8Array, Uint8Array, Uint8Array];
}

export interface SumResult {
	/** The sum's planes, lowest first. */
	readonly planes: Uint8Array[];
	readonly transport: MemoryTransport;
}

/** Adds chunks of rows at three parties in this process, and opens the sum. */
export async function sumOnThree(
	chunks: readonly (readonly SharedRow[])[],
	width: number,
	streams: (index: PartyIndex) => PairStreams = (index) => testStreams(index),
): Promise<SumResult> {
	const transport = createMemoryTransport();
	const rowBytes = chunks[0][0].components[0].length;
	const cost = costOfSum(width, chunks.map(countRows(width)));
	const run = async (index: PartyIndex): Promise<Uint8Array[]> => {
		const sum = await createSummation({
			...{ index, channel: transport.channels[index], streams: streams(index) },
			...{ rowBytes, width, cost, firstStep: 0, firstDraw: 0 },
		});
		for (const chunk of chunks) {
			for (const { weight, components } of chunk) sum.put(weight, heldBy(index, components));
			await sum.round();
		}
		return sum.finish();
	};
	const [a, b, c] = await Promise.all(PARTIES.map(run));
	return { planes: a.map((plane, weight) => plane.map((byte, i) => byte ^ b[weight][i] ^ c[weight][i])), transport };
}

export function countRows(width: number): (chunk: readonly { readonly weight: number }[]) => RowCounts {
	return (chunk) => Array.from({ length: width }, (_, weight) => chunk.filter((row) => row.weight === weight).length);
}

function heldBy(index: PartyIndex, components: readonly Uint8Array[]): RowShare {
	return { first: components[index], second: components[(index + 1) % 3] };
}
