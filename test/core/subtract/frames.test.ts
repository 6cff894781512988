import anyTest, { type TestFn } from 'ava';
import { signed } from '../../../src/core/image/compare.js';
import { decryptDifference } from '../../../src/core/subtract/frames.js';
import { fileOf, makeOwner, noise, type Owner, open, picture, subtractFiles } from './small-vct.js';

const test = anyTest as TestFn<{ owners: Owner[] }>;
test.before(async (t) => {
	t.context.owners = await Promise.all([makeOwner('symmetric'), makeOwner('public-key')]);
});
test.after.always((t) => Promise.all(t.context.owners.map((owner) => owner.close())));

const pairs = {
	'0 - 255': [picture(17, 5, 3, () => 0), picture(17, 5, 3, () => 255)],
	'255 - 0': [picture(17, 5, 3, () => 255), picture(17, 5, 3, () => 0)],
	checkerboards: [picture(131, 127, 1, (i) => (i & 1) * 255), picture(131, 127, 1, (i) => 255 - (i & 1) * 255)],
	'one pixel': [picture(1, 1, 1, () => 7), picture(1, 1, 1, () => 250)],
	'one row': [noise(1, 4099, 1, 3), noise(2, 4099, 1, 3)],
	'one column of a full ciphertext': [noise(3, 1, 20_480, 1), noise(4, 1, 20_480, 1)],
	'one sample more': [noise(3, 20_481, 1, 1), noise(4, 20_481, 1, 1)],
	'prime sides': [noise(5, 211, 223, 3), noise(6, 211, 223, 3)],
	'itself, encrypted twice': [noise(5, 211, 223, 3), noise(5, 211, 223, 3)],
} as const;

for (const [name, [a, b]] of Object.entries(pairs)) {
	for (const which of [0, 1]) {
		test(`${name}: the difference is exact, ${['symmetric', 'public key'][which]}`, async (t) => {
			const owner = t.context.owners[which];
			const [first, second] = [await fileOf(await owner.encrypt(a)), await fileOf(await owner.encrypt(b))];
			t.notDeepEqual(first, second);
			const difference = await subtractFiles(first, second);
			const back = await decryptDifference(await open(difference), owner, owner.decryptor);
			t.deepEqual(back, signed(a, b));
		});
	}
}
