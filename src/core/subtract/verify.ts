import type { DifferenceKernel } from '../kernels/difference.js';
import { SEEDED_WORD } from './parameters.js';
import { SYMMETRIC_DIFFERENCE, splitRecord } from './records.js';
import { addTags, readTag, subtractTags, type TagKey } from './tags.js';
import type { VctHeader } from './vct-header.js';

/**
 * Whether a record is ciphertext `index` of the difference of the two frames that the header names, bit for bit; if so,
 * its words are in `words`. A server that knows no key gets another record past this once in 2^60.
 */
export function verifyRecordInto(
	words: Uint8Array,
	kernel: DifferenceKernel,
	tagKey: TagKey,
	header: VctHeader,
	record: Uint8Array,
	index: number,
): boolean {
	const [seedA, seedB, , packed] = splitRecord(record, SYMMETRIC_DIFFERENCE);
	const fits = kernel.unpackSignedInto(words, packed, SEEDED_WORD.bits + 1, SEEDED_WORD.max);
	const tag = readTag(record, SYMMETRIC_DIFFERENCE.parts[2].at);
	const { shape, ids } = header;
	const [maskA, maskB] = [seedA, seedB].map((seed, i) => tagKey.mask({ id: ids[i], shape, index, seed }));
	const expected = addTags(kernel.tag(tagKey.multipliers, words), subtractTags(maskA, maskB));
	return fits && tag === expected;
}
