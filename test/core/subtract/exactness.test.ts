import anyTest, { type TestFn } from 'ava';
import { assert, asyncProperty, constantFrom, integer } from 'fast-check';
import { signed } from '../../../src/core/image/compare.js';
import type { Image } from '../../../src/core/image/image.js';
import { seededNumbers } from '../../../src/core/nn/seeded-numbers.js';
import { decryptDifference } from '../../../src/core/subtract/frames.js';
import { fileOf, makeOwner, noise, type Owner, open, picture, subtractFiles } from './small-vct.js';

const test = anyTest as TestFn<{ symmetric: Owner; publicKey: Owner }>;
test.before(async (t) => {
	const [symmetric, publicKey] = await Promise.all([makeOwner('symmetric'), makeOwner('public-key')]);
	t.context = { symmetric, publicKey };
});
test.after.always((t) => Promise.all(Object.values(t.context).map((owner) => owner.close())));

/** Pictures of every kind: noise, and those at the ends of the scale. */
const KINDS: Readonly<Record<string, (seed: number) => (i: number) => number>> = {
	noise: (seed) => {
		const numbers = seededNumbers(seed);
		return () => numbers.nextWord() & 255;
	},
	extremes: (seed) => {
		const numbers = seededNumbers(seed);
		return () => (numbers.nextWord() & 1) * 255;
	},
	black: () => () => 0,
	white: () => () => 255,
	chess: (seed) => (i) => ((i + seed) & 1) * 255,
};

async function roundTrip(owner: Owner, a: Image, b: Image): Promise<Int16Array> {
	const difference = await subtractFiles(await fileOf(await owner.encrypt(a)), await fileOf(await owner.encrypt(b)));
	return (await decryptDifference(await open(difference), owner, owner.decryptor)).samples;
}

for (const which of ['symmetric', 'publicKey'] as const) {
	test(`${which}: every sample of every difference is exact`, async (t) => {
		const owner = t.context[which];
		const kind = constantFrom(...Object.keys(KINDS));
		const side = integer({ min: 1, max: 170 });
		const property = asyncProperty(
			side,
			side,
			constantFrom(1, 3),
			kind,
			kind,
			integer(),
			async (width, height, channels, first, second, seed) => {
				const shape = [width, height, channels === 1 ? 1 : 3] as const;
				const [a, b] = [picture(...shape, KINDS[first](seed)), picture(...shape, KINDS[second](seed + 1))];
				const back = await roundTrip(owner, a, b);
				return Buffer.compare(Buffer.from(back.buffer), Buffer.from(signed(a, b).samples.buffer)) === 0;
			},
		);
		await t.notThrowsAsync(assert(property, { numRuns: 25, seed: 4096 }));
	});
}

test('a 4K picture is exact, on two threads', async (t) => {
	const owner = await makeOwner('symmetric', 2);
	t.teardown(() => owner.close());
	const [a, b] = [noise(1, 3840, 2160, 1), noise(2, 3840, 2160, 1)];
	const back = await roundTrip(owner, a, b);
	t.is(Buffer.compare(Buffer.from(back.buffer), Buffer.from(signed(a, b).samples.buffer)), 0);
});
