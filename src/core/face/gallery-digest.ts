import { createHash } from 'node:crypto';

/** The digest of a gallery without templates. */
export const EMPTY_DIGEST = '0'.repeat(64);

/** The digest of a gallery behind which templates with these ids, 32 hexadecimal digits each, were put. */
export function digestOf(ids: Iterable<string>, before = EMPTY_DIGEST): string {
	let digest = before;
	for (const id of ids) digest = createHash('sha256').update(digest).update(id).digest('hex');
	return digest;
}
