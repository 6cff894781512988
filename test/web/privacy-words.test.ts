import test from 'ava';
import { privacyReport } from '../../src/core/average/accounting.js';
import type { MechanismParameters } from '../../src/core/average/session.js';
import { privacySentences } from '../../src/web/privacy-words.js';
import { textsFor } from '../../src/web/session-texts.js';
import { chooseTexts } from '../../src/web/texts/choose.js';
import { de } from '../../src/web/texts/de.js';
import { en } from '../../src/web/texts/en.js';

function sentences(mechanism: MechanismParameters, pictures: number, psnrDb?: number | null): string {
	const session = { name: 'room', width: 32, height: 24, channels: 1, mechanism, minBatch: 20 } as const;
	const report = privacyReport(session, { picturesPerPerson: pictures });
	return privacySentences(en, session, report, psnrDb === undefined ? undefined : { psnrDb }).join('\n');
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

const SERVERS = ['a.example', 'b.example', 'c.example'].map((host) => ({
	...{ url: `https://${host}:7600`, fingerprint: 'ab', uploadKey: '04' },
}));

function sharesSentences(budget: { epsilon: number; delta: number } | null, parties = SERVERS): string {
	const mechanism: MechanismParameters = { kind: 'shares', bits: 8, budget };
	const session = { name: 'room', width: 32, height: 24, channels: 1, mechanism, minBatch: 20 } as const;
	const report = privacyReport(session, { picturesPerPerson: 3 });
	const shares = { parties, uploadToken: 't' };
	return privacySentences(textsFor(en, session), { mechanism, shares }, report, { psnrDb: 23 }).join('\n');
}

test('three servers are told as what they are: nothing for one, all for two, and an exact sum', (t) => {
	const text = sharesSentences(null);
	t.regex(text, /One server alone: its part is noise/);
	t.regex(text, /Two of the three servers together: they can see your picture itself/);
	t.regex(text, /The average is exact\. If everybody else/);
	// a flat picture is like one gray, which tells nothing of it
	t.regex(text, /one gray, which every picture is a little like \(23\.0 dB\)/);
	t.notRegex(text, /recognised|sure|epsilon|one computer/);
	t.regex(sharesSentences({ epsilon: 2, delta: 1e-6 }), /noise before anybody sees them: epsilon 2, delta 0\.000001/);
});

test('three servers on one computer are told as one', (t) => {
	const ports = [7600, 7601, 7602].map((port, i) => ({ ...SERVERS[i], url: `https://10.0.0.9:${port}` }));
	t.regex(sharesSentences(null, ports), /all three servers run on one computer: whoever owns it/);
});

test('in either way to hide a picture the page itself has to be honest', (t) => {
	t.regex(sharesSentences(null), /if this page is honest/);
	t.regex(sentences({ kind: 'one-bit', epsilon: 2 }, 1), /if this page is honest/);
});

test('the first language with a translation is taken, English otherwise', (t) => {
	t.is(chooseTexts(['fr', 'de-AT', 'en']), de);
	t.is(chooseTexts(['fr']), en);
	t.is(chooseTexts([]), en);
});

test('a translation has a text for every text, and leaves none as it was', (t) => {
	const sameIn = (texts: object, others: object): string[] =>
		Object.entries(texts).flatMap(([key, value]) => (value === Reflect.get(others, key) ? [key] : []));
	t.deepEqual(sameIn(en, de), ['title']);
	t.deepEqual(sameIn(en.shares, de.shares), []);
});
