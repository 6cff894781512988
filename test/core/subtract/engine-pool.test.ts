import anyTest, { type TestFn } from 'ava';
import fc from 'fast-check';
import { signed } from '../../../src/core/image/compare.js';
import type { Image } from '../../../src/core/image/image.js';
import { createEnginePool } from '../../../src/core/subtract/engine-pool.js';
import { decryptDifference } from '../../../src/core/subtract/frames.js';
import { fileOf, makeOwner, noise, type Owner, open, subtractFiles } from './small-vct.js';

interface Pair {
	readonly a: Image;
	readonly b: Image;
	/** Their difference, encrypted. */
	readonly file: Uint8Array;
}

const test = anyTest as TestFn<{ owner: Owner; pairs: readonly Pair[] }>;
const THREADS = 2;

test.before(async (t) => {
	const owner = await makeOwner('symmetric', THREADS);
	const pairs: Pair[] = [];
	// one, two and seven ciphertexts: more than go in one request
	for (const [i, [width, height]] of [[5, 3] as const, [173, 211] as const, [379, 367] as const].entries()) {
		const [a, b] = [noise(2 * i + 1, width, height, 1), noise(2 * i + 2, width, height, 1)];
		pairs.push({
			a,
			b,
			file: await subtractFiles(await fileOf(await owner.encrypt(a)), await fileOf(await owner.encrypt(b))),
		});
	}
	t.context = { owner, pairs };
});
test.after.always((t) => t.context.owner.close());

test('encryptions and decryptions of one pool that overlap are exact', async (t) => {
	const { owner, pairs } = t.context;
	const step = fc.record({ what: fc.constantFrom('encrypt', 'decrypt'), which: fc.nat({ max: pairs.length - 1 }) });
	const encrypted = async ({ a, b }: Pair): Promise<void> => {
		const [first, second] = await Promise.all([owner.encrypt(a), owner.encrypt(b)]);
		const difference = await subtractFiles(await fileOf(first), await fileOf(second));
		t.deepEqual(await decryptDifference(await open(difference), owner, owner.decryptor), signed(a, b));
	};
	const decrypted = async ({ a, b, file }: Pair): Promise<void> => {
		t.deepEqual(await decryptDifference(await open(file), owner, owner.decryptor), signed(a, b));
	};
	await fc.assert(
		fc.asyncProperty(fc.array(step, { minLength: 2, maxLength: 6 }), async (steps) => {
			await Promise.all(steps.map(({ what, which }) => (what === 'encrypt' ? encrypted : decrypted)(pairs[which])));
		}),
		{ numRuns: 12, seed: 4 },
	);
});

test('a pool that is closed answers nothing more, and says so', async (t) => {
	const { owner, pairs } = t.context;
	const pool = await createEnginePool({ kind: 'secret', secret: owner.secret }, THREADS);
	const frame = { shape: { width: 379, height: 367, channels: 1 }, id: new Uint8Array(16) } as const;
	const underWay = pool.encrypt(frame, pairs[2].a.samples);
	const closing = pool.close();
	await t.throwsAsync(underWay, { code: 'engine-died' });
	await closing;
	await t.throwsAsync(pool.encrypt(frame, pairs[2].a.samples), { code: 'engine-died' });
});
