import { seededRandom } from '../core/average/keystream.js';

/** So many bytes that look random, the same for a seed in every run. */
export function seededBytes(seed: number, length: number): Uint8Array {
	const bytes = new Uint8Array(length);
	seededRandom(seed).fillInto(bytes);
	return bytes;
}
