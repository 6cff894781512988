import test from 'ava';
import { referenceRing } from '../../../src/core/kernels/ring-reference.js';
import { templatesOnKernel } from '../../../src/core/mpc/template-source.js';
import { createTemplateTable } from '../../../src/core/mpc/template-table.js';
import { seededWords } from './three-parties.js';

const LENGTH = 3;

test('A table over several blocks, filled in uneven pieces, works as templates that lie in one place', async (t) => {
	const count = 140_000;
	const vectors = { first: seededWords(count * LENGTH, 1), second: seededWords(count * LENGTH, 2) };
	const squares = seededWords(count, 3);
	const x = { first: seededWords(LENGTH, 4), second: seededWords(LENGTH, 5) };
	const table = createTemplateTable(LENGTH);
	const cuts = [0, 1, 65_535, 65_537, 139_999, count];
	for (const [i, to] of cuts.slice(1).entries()) {
		const part = (words: Int32Array, each: number) => words.subarray(cuts[i] * each, to * each);
		await table.append({ first: part(vectors.first, LENGTH), second: part(vectors.second, LENGTH) }, part(squares, 1));
		t.is(table.count, to);
	}
	const plain = templatesOnKernel(referenceRing, vectors, squares, LENGTH);
	for (const [from, rows] of [
		[0, count],
		[65_530, 20],
		[131_071, 2],
	]) {
		const [expected, own] = [new Int32Array(rows), new Int32Array(rows)];
		plain.squaresAndProductsInto(expected, x, from);
		table.squaresAndProductsInto(own, x, from);
		t.deepEqual(own, expected);
	}
	t.throws(() => table.squaresAndProductsInto(new Int32Array(2), x, count - 1), { instanceOf: RangeError });
});

test('A table that was cleared forgets its templates, over several blocks, and takes others', async (t) => {
	const table = createTemplateTable(LENGTH);
	const fill = async (rows: number, seed: number) => {
		const vectors = { first: seededWords(rows * LENGTH, seed), second: seededWords(rows * LENGTH, seed + 1) };
		const squares = seededWords(rows, seed + 2);
		await table.append(vectors, squares);
		return templatesOnKernel(referenceRing, vectors, squares, LENGTH);
	};
	const x = { first: seededWords(LENGTH, 4), second: seededWords(LENGTH, 5) };
	await fill(70_000, 1);
	table.clear();
	t.is(table.count, 0);
	t.throws(() => table.squaresAndProductsInto(new Int32Array(1), x, 0), { instanceOf: RangeError });
	const others = await fill(66_000, 11);
	t.is(table.count, 66_000);
	const [expected, own] = [new Int32Array(600), new Int32Array(600)];
	others.squaresAndProductsInto(expected, x, 65_400);
	table.squaresAndProductsInto(own, x, 65_400);
	t.deepEqual(own, expected);
});
