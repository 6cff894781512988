import test from 'ava';
import { createSubtleExpand } from '../../../src/core/average/expand-seed.js';
import { expandKey } from '../../../src/core/mpc/keystream.js';
import { seededRandom } from './keystream.js';

test('browsers expand a seed as the command line does', async (t) => {
	const expand = createSubtleExpand(crypto.subtle);
	const seed = new Uint8Array(16);
	seededRandom(5).fillInto(seed);
	for (const component of [0, 1, 2]) {
		for (const byteLength of [16, 4096, 76_800, 65_536 * 2 + 48]) {
			t.deepEqual(await expand(seed, component, byteLength), expandKey(seed, component, byteLength));
		}
	}
});
