import test from 'ava';
import {
	DESCRIPTOR_LENGTH,
	DISTANCE_SIGN,
	fixedThreshold,
	squaredDistances,
} from '../../../../src/core/face/fixed-match.js';
import type { Party } from '../../../../src/core/mpc/party.js';
import { inSequence } from '../../../../src/core/mpc/step-cost.js';
import { declareBestMatch, readBestMatch, runBestMatch } from '../../../../src/core/mpc/steps/best-match.js';
import { runDistances } from '../../../../src/core/mpc/steps/distances.js';
import { declareMatchBits, runMatchBits } from '../../../../src/core/mpc/steps/match-bits.js';
import { pathLength } from '../../../../src/core/mpc/steps/nearest.js';
import { combineOpenedBits, openBitsToClient } from '../../../../src/core/mpc/steps/open-bits.js';
import { PIECE_VALUES } from '../../../../src/core/mpc/steps/pieces.js';
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
	wasmThree,
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

for (const count of [1, 127, 300, 5000]) {
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
		assertAsDeclared(t, three, declareMatchBits({ count, sign: DISTANCE_SIGN }));
		const before = three.transport.messages.length;
		const opened = await runAll(three, (party) => openBitsToClient(party, [bits[party.index]], count));
		t.deepEqual([...combineOpenedBits(opened, count, 1)], expected);
		t.is(three.transport.messages.length, before);
	});
}

test('More templates than one piece match as those of one piece do', async (t) => {
	const count = PIECE_VALUES + 1000;
	const [probe, templates] = [Int32Array.of(300, -200), seededWords(2 * count, 6).map((word) => word >> 21)];
	const three = await wasmThree(20_000_000);
	const [a, vectors] = [shareOut(three, probe), shareOut(three, templates)];
	const distances = squaredDistances(probe, templates);
	const options = { threshold: 250_000, sign: DISTANCE_SIGN };
	const results = await runAll(three, async (party) => {
		const squares = squaredNorms(party, vectors[party.index], count).own;
		const source = templatesOnKernel(party.kernels.ring, vectors[party.index], squares, 2);
		const bits = await runMatchBits(party, a[party.index], source, options);
		return { bits, best: openBitsToClient(party, await runBestMatch(party, a[party.index], source, options), 1) };
	});
	const [x, y, z] = results;
	const expected = [...distances].map((distance) => Number(distance < options.threshold));
	t.deepEqual(revealBits([x.bits, y.bits, z.bits], count), expected);
	t.true(expected.indexOf(1, PIECE_VALUES) > 0);
	const place = readBestMatch(count, [...combineOpenedBits([x.best, y.best, z.best], 1, 1 + pathLength(count))]);
	t.is(
		distances[place ?? 0],
		distances.reduce((least, distance) => Math.min(least, distance)),
	);
	assertAsDeclared(
		t,
		three,
		[declareMatchBits({ count, sign: DISTANCE_SIGN }), declareBestMatch({ count, sign: DISTANCE_SIGN })].flat(),
		true,
	);
});

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
