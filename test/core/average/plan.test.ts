import test from 'ava';
import { privacyReport } from '../../../src/core/average/accounting.js';
import { createMechanism } from '../../../src/core/average/mechanism.js';
import { type PlanRow, peopleFor, planRows } from '../../../src/core/average/plan.js';
import { noiseFor } from '../../../src/core/average/release-noise.js';
import { decodeReport } from '../../../src/core/average/report-values.js';
import { createUniformWords } from '../../../src/core/average/uniform-words.js';
import { UserError } from '../../../src/core/errors.js';
import { drawnSummand } from '../../helpers/drawn-summand.js';
import { seededRandom } from './keystream.js';

const QUESTION = { epsilon: 2, delta: 1e-6, picturesPerPerson: 1 };
/** 127.5 would be the worst gray level of one-bit; its neighbours are within 1e-5 of that. */
const GRAY = 128;

function rowOf(rows: readonly PlanRow[], name: string, protects: PlanRow['protects']): PlanRow {
	const row = rows.find((candidate) => candidate.name === name && candidate.protects === protects);
	if (row === undefined) throw new Error(`no row ${name}, ${protects}`);
	return row;
}

test('people and error follow from the formulas of each mechanism', (t) => {
	const rows = planRows(QUESTION, 76_800);
	const near = (actual: number | null, expected: number) => {
		t.true(Math.abs((actual ?? 0) / expected - 1) < 0.01, `${actual}, not ${expected}`);
	};
	near(peopleFor(rowOf(rows, 'one-bit', 'sample').rmse, 5), (127.5 / Math.tanh(1) / 5) ** 2);
	near(peopleFor(rowOf(rows, 'laplace', 'sample').rmse, 5), (361 / 2 / 5) ** 2);
	near(peopleFor(rowOf(rows, 'gaussian', 'sample').rmse, 5), (568.772 / 5) ** 2);
	near(peopleFor(rowOf(rows, 'uniform, amplitude 128', 'nothing').rmse, 5), (128 * 129) / 3 / 25);
	const { totalSigma } = noiseFor(QUESTION, 8, 76_800);
	near(peopleFor(rowOf(rows, 'shares, 8 bits with noise', 'person').rmse, 5), totalSigma / 5);
	t.is(peopleFor(rowOf(rows, 'shares, 8 bits exact', 'nothing').rmse, 5), 1);
	for (const name of ['gaussian', 'laplace', 'one-bit']) {
		const row = rowOf(rows, name, 'person');
		t.is(row.setting, null);
		t.regex(row.reason ?? '', /no room/);
		t.is(peopleFor(row.rmse, 5), null);
	}
});

test('half the side needs half the people on shares, and a mechanism at the camera the same', (t) => {
	const [large, small] = [planRows(QUESTION, 76_800), planRows(QUESTION, 19_200)];
	const people = (rows: readonly PlanRow[], name: string, protects: PlanRow['protects']) =>
		peopleFor(rowOf(rows, name, protects).rmse, 2) ?? 0;
	const name = 'shares, 8 bits with noise';
	t.true(Math.abs(people(large, name, 'person') / people(small, name, 'person') - 2) < 1e-3);
	t.is(people(large, 'one-bit', 'sample'), people(small, 'one-bit', 'sample'));
});

test('the number of people is the smallest that is enough', (t) => {
	for (const { rmse, setting } of planRows({ ...QUESTION, picturesPerPerson: 3 }, 192)) {
		const people = peopleFor(rmse, 1.7);
		if (people === null) {
			t.is(setting, null);
			continue;
		}
		t.true(rmse(people) <= 1.7);
		if (people > 1) t.true(rmse(people - 1) > 1.7);
	}
});

for (const [name, protects, samples, picturesPerPerson] of [
	['one-bit', 'sample', 2000, 1],
	['laplace', 'sample', 2000, 4],
	['gaussian', 'sample', 2000, 2],
	['one-bit', 'person', 6, 2],
	['laplace', 'person', 4, 1],
	['gaussian', 'person', 12, 2],
] as const) {
	test(`${name} for a ${protects}: the setting keeps the epsilon, and so many people give that error`, (t) => {
		const question = { ...QUESTION, picturesPerPerson };
		const { parameters, rmse } = rowOf(planRows(question, samples), name, protects);
		if (parameters === null) return t.fail();
		const mechanism = createMechanism(parameters);
		const session = {
			name: 'room',
			width: samples,
			height: 1,
			channels: 1,
			mechanism: parameters,
			minBatch: 1,
		} as const;
		const figure = privacyReport(session, { picturesPerPerson }).units.find(
			({ unit }) => unit === (protects === 'sample' ? 'sample' : 'person'),
		)?.cumulative;
		t.true(figure?.guarantee === 'epsilon' && figure.epsilon <= 2 + 1e-6, JSON.stringify(figure));
		// noise of about the same, and not much more than what is asked for
		t.true(figure?.guarantee === 'epsilon' && figure.epsilon > 1.9, JSON.stringify(figure));

		const error = rmse(1) / 6;
		const people = peopleFor(rmse, error) ?? 0;
		const repeats = protects === 'sample' ? 1 : 300;
		const random = seededRandom(9);
		const gray = new Uint8Array(samples).fill(GRAY);
		let squares = 0;
		for (let repeat = 0; repeat < repeats; repeat++) {
			const sums = new Float64Array(samples);
			for (let report = 0; report < people * picturesPerPerson; report++) {
				const values = decodeReport(session, mechanism.privatize(gray, random));
				for (let i = 0; i < samples; i++) sums[i] += values[i];
			}
			const means = mechanism.estimateMeans(sums, people * picturesPerPerson);
			for (const mean of means) squares += (mean - GRAY) ** 2;
		}
		const count = repeats * samples;
		// four standard errors, and a little for the rounding of people
		const measured = Math.sqrt(squares / count);
		t.true(Math.abs(measured / error - 1) < 4 / Math.sqrt(2 * count) + 0.01, `${measured}, not ${error}`);
	});
}

test('shares with noise: summands as the servers draw them give that error', (t) => {
	for (const [bits, picturesPerPerson] of [
		[8, 1],
		[8, 5],
		[1, 1],
	] as const) {
		const samples = 4800;
		const question = { ...QUESTION, picturesPerPerson };
		const { rmse } = rowOf(
			planRows(question, samples),
			`shares, ${bits === 8 ? '8 bits' : '1 bit'} with noise`,
			'person',
		);
		const people = peopleFor(rmse, 4) ?? 0;
		const pictures = people * picturesPerPerson;
		const words = createUniformWords(seededRandom(bits + picturesPerPerson), 4096);
		const { partySigma } = noiseFor(question, bits, samples);
		const summands = [1, 2, 3].map(() => drawnSummand(partySigma, samples, words));
		let squares = 0;
		for (let i = 0; i < samples; i++) {
			let error = summands[0][i] + summands[1][i] + summands[2][i];
			if (bits === 1) {
				for (let picture = 0; picture < pictures; picture++) error += (words.next() & 1) - 0.5;
				error *= 255;
			}
			squares += (error / pictures) ** 2;
		}
		const measured = Math.sqrt(squares / samples);
		t.true(Math.abs(measured / 4 - 1) < 4 / Math.sqrt(2 * samples) + 0.005, `${measured} with ${people} people`);
	}
});

test('a picture of too many samples is refused', (t) => {
	t.throws(() => planRows(QUESTION, 1e9), { instanceOf: UserError });
});
