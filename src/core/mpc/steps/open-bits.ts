import { planeBytes } from '../../kernels/ring.js';
import type { Party } from '../party.js';
import { RING_32 } from '../ring.js';
import type { ReplicatedBits } from '../shares.js';
import { checkOpened, type OpenedShare } from './open-to-client.js';
import { componentHash } from './share-input.js';

/**
 * Opens the first `count` bits of each plane to the client alone: whole vectors of 16 bytes and a hash of each party, none
 * between parties. Only for results of an AND, which are fresh as `openToClient` says.
 */
export function openBitsToClient(party: Party, planes: readonly ReplicatedBits[], count: number): OpenedShare {
	const { arena, kernels } = party;
	const pack = (component: 'first' | 'second'): Int32Array => {
		const mark = arena.mark();
		const length = planeBytes(count);
		const bytes = arena.bytes(planes.length * length);
		for (const [i, plane] of planes.entries()) bytes.set(plane[component].subarray(0, length), i * length);
		// what lies behind the bits is not the client's
		kernels.bits.clearPaddingInto(bytes, count);
		const packed = new Int32Array(Uint8Array.from(bytes).buffer);
		arena.release(mark);
		return packed;
	};
	return { words: pack('first'), secondHash: componentHash(pack('second'), RING_32) };
}

/**
 * The client: the bits of each plane, 0 or 1, one plane after the other.
 * Throws: PeerError where a party's hash is not that of the component which the next party sent, or a length differs.
 */
export function combineOpenedBits(
	shares: readonly [OpenedShare, OpenedShare, OpenedShare],
	count: number,
	planeCount: number,
): Uint8Array {
	checkOpened(shares, RING_32, (planeCount * planeBytes(count)) / 4);
	const [a, b, c] = shares.map(({ words }) => new Uint8Array(words.buffer, words.byteOffset, words.byteLength));
	return Uint8Array.from({ length: planeCount * count }, (_, i) => {
		const lane = i % count;
		const at = Math.floor(i / count) * planeBytes(count) + (lane >> 3);
		return ((a[at] ^ b[at] ^ c[at]) >> (lane & 7)) & 1;
	});
}
