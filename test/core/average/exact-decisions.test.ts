import test from 'ava';
import { createLazyUniform, wordThreshold } from '../../../src/core/average/bernoulli-exp.js';
import { createDiscreteGaussian } from '../../../src/core/average/discrete-gaussian.js';
import { createDiscreteLaplace } from '../../../src/core/average/discrete-laplace.js';
import { floorExpNegative } from '../../../src/core/average/exact-exp.js';
import { scriptedWords } from './scripted-words.js';

/** The n-th 32-bit piece of e^(-p/q), counted from 0. */
function pieceOf(p: bigint, q: bigint, n: number): number {
	return Number(BigInt.asUintN(32, floorExpNegative(p, q, 32 * (n + 1))));
}

test('a uniform number that equals e^-1 in 64 bits is decided by the third word', (t) => {
	const [first, second, third] = [0, 1, 2].map((n) => pieceOf(1n, 1n, n));
	for (const [last, below] of [
		[third - 1, true],
		[third + 1, false],
	] as const) {
		const words = scriptedWords([second, last]);
		t.is(createLazyUniform(first, words).isBelowExpNegative(1n, 1n), below);
		t.is(words.used(), 2);
	}
});

test('a uniform number next to e^-1 is decided without another word', (t) => {
	const first = pieceOf(1n, 1n, 0);
	t.true(createLazyUniform(first - 1, scriptedWords([])).isBelowExpNegative(1n, 1n));
	t.false(createLazyUniform(first + 1, scriptedWords([])).isBelowExpNegative(1n, 1n));
	t.true(createLazyUniform(0xffff_ffff, scriptedWords([])).isBelowExpNegative(0n, 1n));
});

test('the floor of e^-gamma is always the word threshold or one below it', (t) => {
	for (let u = 0; u < 2550; u++) {
		const floor = Number(floorExpNegative(BigInt(7 * u), 2550n, 32));
		const distance = wordThreshold((7 * u) / 2550) - floor;
		if (distance !== 0 && distance !== 1) t.fail(`u = ${u}: ${distance}`);
	}
	t.pass();
});

// Scale 16: u = a mod 16, kept with e^(-u/16); v counts e^-1, e^-2, …
const U = 5;
const KEPT = 0;
const V0 = 0xffff_ffff;

test('Laplace: keeping u is decided exactly where its first word decides nothing', (t) => {
	const draw = createDiscreteLaplace(1, 16);
	const [first, second] = [0, 1].map((n) => pieceOf(5n, 16n, n));
	const kept = scriptedWords([U, first, second - 1, V0]);
	t.is(draw(kept), U);
	t.is(kept.used(), 4);
	const refused = scriptedWords([U, first, second + 1, 3, KEPT, V0]);
	t.is(draw(refused), 3);
	t.is(refused.used(), 6);
	// The other undecided word needs no second one.
	const near = scriptedWords([U, first - 1, V0]);
	t.is(draw(near), U);
	t.is(draw(scriptedWords([U, first + 1, 3, KEPT, V0])), 3);
});

test('Laplace: the count v is decided exactly where its first word decides nothing', (t) => {
	const draw = createDiscreteLaplace(1, 16);
	const [first, second] = [0, 1].map((n) => pieceOf(3n, 1n, n));
	t.is(draw(scriptedWords([U, KEPT, first, second - 1])), U + 3 * 16);
	t.is(draw(scriptedWords([U, KEPT, first, second + 1])), U + 2 * 16);
	t.is(draw(scriptedWords([U, KEPT, first + 1])), U + 2 * 16);
	t.is(draw(scriptedWords([U, KEPT, first - 1])), U + 3 * 16);
});

test('Laplace: a first word of 0 reaches the far tail by exact arithmetic', (t) => {
	const draw = createDiscreteLaplace(1, 16);
	// B is 2 / 2^64 and a little more: e^-43 = 3.9 / 2^64 is above, e^-44 = 1.4 / 2^64 below. The sign bit makes it negative.
	const words = scriptedWords([0x8000_0000 + U, KEPT, 0, 2]);
	t.is(draw(words), -(U + 43 * 16));
	t.is(words.used(), 4);
});

test('Laplace: minus zero starts again, plus zero counts', (t) => {
	const draw = createDiscreteLaplace(1, 16);
	t.is(draw(scriptedWords([0, KEPT, V0])), 0);
	t.is(draw(scriptedWords([0x8000_0000, KEPT, V0, 0x8000_0001, KEPT, V0])), -1);
});

test('Gaussian: accepting is decided exactly where its first word decides nothing', (t) => {
	// sigma = 2.5: t = 2, sigma^2/t = 3.125, exponent of 7: 3.875^2 / 12.5.
	const draw = createDiscreteGaussian(2500, 1000);
	const seven = [1, 0, pieceOf(3n, 1n, 0) - 1];
	const [first, second] = [0, 1].map((n) => pieceOf(31n ** 2n, 800n, n));
	const accepted = scriptedWords([...seven, first, second - 1]);
	t.is(draw(accepted), 7);
	t.is(accepted.used(), 5);
	t.is(draw(scriptedWords([...seven, first, second + 1, 0, 0, V0, 0])), 0);
	t.is(draw(scriptedWords([...seven, first + 1, 0, 0, V0, 0])), 0);
	t.is(draw(scriptedWords([...seven, first - 1])), 7);
});

test('Gaussian: a value far from the centre keeps its small chance', (t) => {
	const draw = createDiscreteGaussian(2500, 1000);
	// B between e^-8 and e^-7: v = 7, |y| = 1 + 14; e^-((15 - 3.125)^2 / 12.5) 2^32 = e^-11.28 2^32 = 54,190.
	const far = [1, KEPT, Math.floor(2 ** 32 * Math.exp(-7.5))];
	t.is(draw(scriptedWords([...far, 54_000])), 15);
	t.is(draw(scriptedWords([...far, 54_400, 0, KEPT, V0, 0])), 0);
});

test('Gaussian: a value beyond the table is accepted only by exact arithmetic', (t) => {
	const draw = createDiscreteGaussian(2500, 1000);
	// As above v = 43, |y| = 1 + 86; the exponent (87 - 3.125)^2 / 12.5 = 562.8 stands for 811 leading zero bits, so 25
	// words of zeros decide nothing and the 26th does.
	const far = [1, KEPT, 0, 2];
	const zeros = new Array<number>(25).fill(0);
	const accepted = scriptedWords([...far, ...zeros, 0]);
	t.is(draw(accepted), 87);
	t.is(accepted.used(), 30);
	t.is(draw(scriptedWords([...far, ...zeros, 2 ** 21, 0, KEPT, V0, 0])), 0);
});
