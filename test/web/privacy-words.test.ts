import test from 'ava';
import { privacyReport } from '../../src/core/average/accounting.js';
import type { MechanismParameters } from '../../src/core/average/session.js';
import { privacySentences } from '../../src/web/privacy-words.js';
import { chooseTexts } from '../../src/web/texts/choose.js';
import { de } from '../../src/web/texts/de.js';
import { en } from '../../src/web/texts/en.js';

function sentences(mechanism: MechanismParameters, pictures: number, psnrDb?: number | null): string {
	const session = { name: 'room', width: 32, height: 24, channels: 1, mechanism, minBatch: 20 } as const;
	const report = privacyReport(session, { picturesPerPerson: pictures });
	return privacySentences(en, report, psnrDb === undefined ? undefined : { psnrDb }).join('\n');
}

test('epsilon becomes how sure somebody can be of one dot', (t) => {
	// e^2 / (1 + e^2) = 0.8808, e^4 / (1 + e^4) = 0.9820
	const text = sentences({ kind: 'one-bit', epsilon: 2 }, 2);
	t.regex(text, /at most 88\.1% sure after one picture, and 98\.2% sure after 2 of the same scene/);
	t.regex(text, /no promise/);
	t.notRegex(sentences({ kind: 'one-bit', epsilon: 2 }, 1), /same scene\./);
});

test('nothing is rounded to a certainty, and a delta is told', (t) => {
	t.regex(sentences({ kind: 'one-bit', epsilon: 2 }, 50), /nearly certain after 50/);
	t.notRegex(sentences({ kind: 'one-bit', epsilon: 2 }, 50), /100%/);
	t.regex(sentences({ kind: 'gaussian', sigma: 500, delta: 1e-6 }, 1), /may fail with a chance of 0\.000001/);
});

test('noise without an epsilon says how often it tells black from white', (t) => {
	// min(1, 255 / (2 * 510 + 1))
	t.regex(sentences({ kind: 'uniform', amplitude: 510 }, 1), /chance of up to 25% the noise tells black from white/);
});

test('a guess is told as what it means', (t) => {
	const laplace: MechanismParameters = { kind: 'laplace', epsilon: 1 };
	t.regex(sentences(laplace, 1), /being made/);
	t.regex(sentences(laplace, 1, 13.2), /poor \(13\.2 dB\)/);
	t.regex(sentences(laplace, 1, 17), /fair \(17\.0 dB\)/);
	t.regex(sentences(laplace, 1, 24), /good \(24\.0 dB\): you can be recognised/);
	t.regex(sentences(laplace, 1, null), /the picture itself/);
});

test('the first language with a translation is taken, English otherwise', (t) => {
	t.is(chooseTexts(['fr', 'de-AT', 'en']), de);
	t.is(chooseTexts(['fr']), en);
	t.is(chooseTexts([]), en);
});

test('a translation has a text for every text, and leaves none as it was', (t) => {
	const same = Object.entries(en).filter(([key, value]) => typeof value === 'string' && de[key as 'title'] === value);
	t.deepEqual(
		same.map(([key]) => key),
		['title'],
	);
});
