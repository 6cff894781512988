import test from 'ava';
import {
	DESCRIPTOR_LENGTH,
	DISTANCE_SIGN,
	fixedThreshold,
	squaredDistances,
} from '../../../../src/core/face/fixed-match.js';
import { createWasmBits } from '../../../../src/core/kernels/bit-wasm.js';
import { KernelMemory } from '../../../../src/core/kernels/memory.js';
import { createWasmRing } from '../../../../src/core/kernels/ring-wasm.js';
import type { Party } from '../../../../src/core/mpc/party.js';
import { inSequence } from '../../../../src/core/mpc/step-cost.js';
import { declareBestMatch, readBestMatch, runBestMatch } from '../../../../src/core/mpc/steps/best-match.js';
import { declareChoosePlanes, runChoosePlanesInto } from '../../../../src/core/mpc/steps/choose-planes.js';
import { runDistances } from '../../../../src/core/mpc/steps/distances.js';
import { upperLanesInto } from '../../../../src/core/mpc/steps/lanes.js';
import { declareMatchBits, runMatchBits } from '../../../../src/core/mpc/steps/match-bits.js';
import { declareNearest, pathLength, placeOfPath, runNearest } from '../../../../src/core/mpc/steps/nearest.js';
import { combineOpenedBits, openBitsToClient } from '../../../../src/core/mpc/steps/open-bits.js';
import { squaredNorms } from '../../../../src/core/mpc/steps/squared-norms.js';
import { type TemplateSource, templatesOnKernel } from '../../../../src/core/mpc/template-source.js';
import { assertAsDeclared } from '../as-declared.js';
import {
	createThreeParties,
	int32,
	reveal,
	revealAdditive,
	revealBits,
	runAll,
	seededWords,
	shareOut,
	type ThreeParties,
} from '../three-parties.js';

/** Integers as large as those of descriptors, some of them near the first ones. */
function descriptors(count: number, seed: number): Int32Array {
	return seededWords(count * DESCRIPTOR_LENGTH, seed).map((word) => word >> 24);
}

/** The probe, and templates of which each seventh is about as far as the threshold. */
function faces(count: number) {
	const probe = descriptors(1, 3);
	const templates = descriptors(count, 4);
	for (let row = 0; row < count; row += 7) {
		const away = seededWords(DESCRIPTOR_LENGTH, 1000 + row);
		for (let i = 0; i < DESCRIPTOR_LENGTH; i++) {
			templates[row * DESCRIPTOR_LENGTH + i] = probe[i] + Math.round((away[i] / 2 ** 31) * (60 + ((row + 30) % 64)));
		}
	}
	return { probe, templates, distances: squaredDistances(probe, templates) };
}

/** The templates of each party, their squares computed on shares. */
function shareTemplates(three: ThreeParties, templates: Int32Array): (party: Party) => TemplateSource {
	const vectors = shareOut(three, templates, 40);
	return (party) => {
		const squares = squaredNorms(party, vectors[party.index], templates.length / DESCRIPTOR_LENGTH).own;
		return templatesOnKernel(party.kernels.ring, vectors[party.index], squares, DESCRIPTOR_LENGTH);
	};
}

async function wasmThree(arenaBytes: number): Promise<ThreeParties> {
	const memory = new KernelMemory(3 * arenaBytes + 1_000_000);
	return createThreeParties({
		memory,
		arenaBytes,
		kernels: { ring: await createWasmRing(memory), bits: await createWasmBits(memory) },
	});
}

test('Squared norms of shared rows are those of the rows, of more rows than are taken at once, and send nothing', async (t) => {
	const count = 1500;
	const three = createThreeParties();
	const x = seededWords(count * 5, 8);
	const shares = shareOut(three, x);
	const squares = await runAll(three, (party) => squaredNorms(party, shares[party.index], count));
	const expected = Int32Array.from({ length: count }, (_, row) =>
		x.subarray(5 * row, 5 * row + 5).reduce((sum, value) => sum + Math.imul(value, value), 0),
	);
	t.deepEqual(revealAdditive(squares), expected);
	t.deepEqual(three.transport.messages, []);
});

test('Distances on shares are exact, from any template on', async (t) => {
	const { probe, templates, distances } = faces(50);
	const three = createThreeParties();
	const source = shareTemplates(three, templates);
	const a = shareOut(three, probe, 50);
	const results = await runAll(three, (party) =>
		runDistances(party, a[party.index], source(party), { from: 13, count: 30, minus: 1000 }),
	);
	t.deepEqual(
		reveal(results),
		distances.subarray(13, 43).map((distance) => distance - 1000),
	);
	await t.throwsAsync(
		runAll(three, (party) => runDistances(party, a[party.index], source(party), { from: 30, count: 21, minus: 0 })),
		{ instanceOf: RangeError },
	);
});

/** 40,000 are more than one piece. */
for (const count of [1, 127, 300, 40_000]) {
	test(`Of ${count} templates those below the threshold match, and the client alone sees it`, async (t) => {
		const { probe, templates, distances } = faces(count);
		const threshold = fixedThreshold(0.6);
		// one of them is just at the threshold, where it does not match
		const three = await wasmThree(70_000_000);
		const source = shareTemplates(three, templates);
		const a = shareOut(three, probe, 50);
		const options = { threshold: distances[0] < threshold ? distances[0] : threshold, sign: DISTANCE_SIGN };
		const bits = await runAll(three, (party) => runMatchBits(party, a[party.index], source(party), options));
		const expected = [...distances].map((distance) => Number(distance < options.threshold));
		t.deepEqual(revealBits(bits, count), expected);
		t.is(expected[0], 0);
		if (count > 100) t.true(expected.includes(1) && expected.lastIndexOf(0) > 0);
		assertAsDeclared(t, three, declareMatchBits({ count, sign: DISTANCE_SIGN }), count > 32_768);
		const before = three.transport.messages.length;
		const opened = await runAll(three, (party) => openBitsToClient(party, [bits[party.index]], count));
		t.deepEqual([...combineOpenedBits(opened, count, 1)], expected);
		t.is(three.transport.messages.length, before);
	});
}

test('Ten thousand templates take 6 rounds and 9.7 bytes per party and template', (t) => {
	const { rounds, bytesByParty } = inSequence(declareMatchBits({ count: 10_000, sign: DISTANCE_SIGN }));
	t.is(rounds, 6);
	t.true((bytesByParty[0] + bytesByParty[1] + bytesByParty[2]) / 30_000 < 9.7);
});

test('Opened bits are refused when a component differs, or one is missing', async (t) => {
	const three = createThreeParties();
	const words = shareOut(three, seededWords(4, 3));
	const planes = words.map(({ first, second }) => ({
		first: new Uint8Array(first.buffer, first.byteOffset, 16),
		second: new Uint8Array(second.buffer, second.byteOffset, 16),
	}));
	const opened = await runAll(three, (party) => openBitsToClient(party, [planes[party.index]], 100));
	t.is(combineOpenedBits(opened, 100, 1).length, 100);
	for (const { words } of opened) {
		const own = int32(words);
		t.is(own[3] >>> 4, 0);
		own[1] ^= 4;
		t.throws(() => combineOpenedBits(opened, 100, 1), { code: 'results-differ' });
		own[1] ^= 4;
	}
	const [a, b, c] = opened;
	t.throws(() => combineOpenedBits([a, b, { ...c, words: c.words.subarray(1) }], 100, 1), { code: 'results-differ' });
});

for (const count of [1, 2, 3, 5, 8, 9, 31, 100, 128, 129, 200, 257, 700, 1024, 70_000]) {
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

for (const count of [1, 6, 300]) {
	test(`The best of ${count} templates is opened with its place if it is near enough, and without it if not`, async (t) => {
		const { probe, templates, distances } = faces(count);
		const least = distances.reduce((min, distance) => Math.min(min, distance));
		for (const threshold of [least, least + 1]) {
			const three = await wasmThree(4_000_000);
			const source = shareTemplates(three, templates);
			const a = shareOut(three, probe, 50);
			const options = { threshold, sign: DISTANCE_SIGN };
			const opened = await runAll(three, async (party) =>
				openBitsToClient(party, await runBestMatch(party, a[party.index], source(party), options), 1),
			);
			assertAsDeclared(t, three, declareBestMatch({ count, sign: DISTANCE_SIGN }), true);
			const bits = [...combineOpenedBits(opened, 1, 1 + pathLength(count))];
			if (threshold === least)
				t.deepEqual(
					bits,
					bits.map(() => 0),
				);
			t.is(readBestMatch(count, bits), threshold === least ? undefined : distances.indexOf(least));
		}
	});
}

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

test('What is sent has the same labels and lengths whatever the faces are', async (t) => {
	const tracks = await Promise.all(
		[faces(40), { probe: new Int32Array(DESCRIPTOR_LENGTH), templates: new Int32Array(40 * DESCRIPTOR_LENGTH) }].map(
			async ({ probe, templates }) => {
				const three = createThreeParties();
				const source = shareTemplates(three, templates);
				const a = shareOut(three, probe, 50);
				await runAll(three, (party) =>
					runBestMatch(party, a[party.index], source(party), { threshold: 5000, sign: DISTANCE_SIGN }),
				);
				return three.transport.messages.map(({ from, to, label, bytes }) =>
					[from, to, label.step, label.part, bytes.length].join(),
				);
			},
		),
	);
	t.deepEqual(tracks[0].toSorted(), tracks[1].toSorted());
});
