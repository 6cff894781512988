import type { ExpandSeed } from './share-planes.js';

/** `expandKey` of the command line as browsers have it: the same bytes. */
export function createSubtleExpand(subtle: SubtleCrypto): ExpandSeed {
	return async (seed, component, byteLength) => {
		const key = await subtle.importKey('raw', new Uint8Array(seed), 'AES-CTR', false, ['encrypt']);
		const counter = new Uint8Array(16);
		new DataView(counter.buffer).setBigUint64(0, BigInt(component));
		return new Uint8Array(
			await subtle.encrypt({ name: 'AES-CTR', counter, length: 64 }, key, new Uint8Array(byteLength)),
		);
	};
}
