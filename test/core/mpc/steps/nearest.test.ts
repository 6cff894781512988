import test from 'ava';
import { DISTANCE_SIGN } from '../../../../src/core/face/fixed-match.js';
import { declareChoosePlanes, runChoosePlanesInto } from '../../../../src/core/mpc/steps/choose-planes.js';
import { upperLanesInto } from '../../../../src/core/mpc/steps/lanes.js';
import { declareNearest, pathLength, placeOfPath, runNearest } from '../../../../src/core/mpc/steps/nearest.js';
import { assertAsDeclared } from '../as-declared.js';
import { createThreeParties, reveal, revealBits, runAll, seededWords, shareOut, wasmThree } from '../three-parties.js';

for (const count of [1, 2, 3, 5, 8, 9, 31, 100, 128, 129, 200, 257, 700, 1024, 300_000]) {
	test(`The smallest of ${count} values, and the way to it`, async (t) => {
		const three = await wasmThree(20_000_000);
		const values = seededWords(count, count).map((word) => word >>> 8);
		const shares = shareOut(three, values);
		const results = await runAll(three, (party) => runNearest(party, shares[party.index], DISTANCE_SIGN));
		const smallest = values.reduce((least, value) => Math.min(least, value));
		const [a, b, c] = results.map(({ value }) => value);
		t.deepEqual(reveal([a, b, c]), Int32Array.of(smallest));
		const bits = results[0].path.map((_, level) => {
			const [x, y, z] = results.map(({ path }) => path[level]);
			return revealBits(
				[x, y, z].map(cut) as [ReturnType<typeof cut>, ReturnType<typeof cut>, ReturnType<typeof cut>],
				1,
			)[0];
		});
		t.is(bits.length, pathLength(count));
		t.true(bits.length <= Math.ceil(Math.log2(Math.ceil(count / 128))) + 7);
		t.is(values[placeOfPath(count, bits)], smallest);
		assertAsDeclared(t, three, declareNearest({ count, sign: DISTANCE_SIGN }), true);
	});
}

function cut({ first, second }: { first: Uint8Array; second: Uint8Array }) {
	return { first: first.slice(0, 16), second: second.slice(0, 16) };
}

test('Each of nine places is found, ties included', async (t) => {
	for (let place = 0; place < 9; place++) {
		for (const other of [0, 4, 8]) {
			const values = new Int32Array(9).fill(500);
			values[place] = values[other] = 7;
			const three = createThreeParties();
			const shares = shareOut(three, values);
			const results = await runAll(three, (party) => runNearest(party, shares[party.index], DISTANCE_SIGN));
			const bits = results[0].path.map((_, level) => {
				const [x, y, z] = results.map(({ path }) => path[level]);
				return revealBits([x, y, z], 1)[0];
			});
			t.true([place, other].includes(placeOfPath(9, bits)));
		}
	}
});

test('Planes are chosen by a bit, and what lies beyond the values stays as it was', async (t) => {
	const count = 200;
	const three = createThreeParties();
	const planesOf = (seed: number) =>
		shareOut(three, seededWords(8, seed)).map(({ first, second }) => ({
			first: new Uint8Array(first.buffer, first.byteOffset, 32),
			second: new Uint8Array(second.buffer, second.byteOffset, 32),
		}));
	const xorOf = (shares: readonly { readonly first: Uint8Array }[]) =>
		shares[0].first.map((byte, i) => byte ^ shares[1].first[i] ^ shares[2].first[i]);
	const [bit, left, right] = [planesOf(1), planesOf(2), planesOf(3)];
	for (const { first, second } of bit) {
		for (const plane of [first, second]) three.parties[0].kernels.bits.clearPaddingInto(plane, count);
	}
	const [b, l, r] = [bit, left, right].map(xorOf);
	await runAll(three, ({ index, ...party }) =>
		runChoosePlanesInto(
			{ index, ...party },
			[left[index], right[index]],
			[right[index], left[index]],
			bit[index],
			count,
		),
	);
	t.deepEqual(
		xorOf(left),
		l.map((byte, i) => (byte & ~b[i]) | (r[i] & b[i])),
	);
	t.deepEqual(
		[three.transport.rounds(), three.transport.bytesByParty()],
		[1, [...declareChoosePlanes({ count, planeCount: 2 }).bytesByParty]],
	);
});

test('The upper lanes of a plane are its bits from there on', (t) => {
	const plane = new Uint8Array(seededWords(8, 5).buffer);
	const bitOf = (bytes: Uint8Array, i: number) => ((bytes[i >> 3] ?? 0) >> (i & 7)) & 1;
	for (const from of [1, 2, 4, 8, 16, 64, 128, 248]) {
		const out = new Uint8Array(16).fill(255);
		upperLanesInto(out, plane, from);
		for (let i = 0; i < 128; i++) t.is(bitOf(out, i), bitOf(plane, from + i), `${from}, ${i}`);
	}
});
