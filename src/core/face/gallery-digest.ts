import { createHash } from 'node:crypto';

/** The generation of shares that were never made anew. */
export const FIRST_GENERATION = '0'.repeat(64);

/** What parties and client compare before each question: the generation of the shares, and all ids in order. */
export interface GalleryDigest {
	/** Behind those that are there. Shape: 32 hexadecimal digits each. */
	add(ids: readonly string[]): void;
	/** 256 bits in hexadecimal. */
	readonly value: string;
}

/** The digest of a gallery without templates, which grows with it. */
export function createGalleryDigest(generation: string): GalleryDigest {
	const hash = createHash('sha256').update(generation);
	let value: string | undefined;
	return {
		add(ids) {
			hash.update(ids.join(''));
			value = undefined;
		},
		get value() {
			value ??= hash.copy().digest('hex');
			return value;
		},
	};
}
