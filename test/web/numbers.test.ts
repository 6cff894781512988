import test from 'ava';
import { numbersOf } from '../../src/web/texts/numbers.js';

const languages = {
	en: numbersOf({ group: ',', point: '.', percent: '%' }),
	de: numbersOf({ group: '.', point: ',', percent: '\u00a0%' }),
};

for (const [language, { number, percent, decimal }] of Object.entries(languages)) {
	test(`numbers are written as Intl writes them: ${language}`, (t) => {
		const whole = new Intl.NumberFormat(language);
		for (const value of [0, 7, 999, 1000, 20_000, 123_456, 16_000_000]) t.is(number(value), whole.format(value));
		const share = new Intl.NumberFormat(language, { style: 'percent', maximumSignificantDigits: 3 });
		for (const value of [0, 1e-9, 0.00012, 0.05, 0.269, 0.88079, 0.9991, 0.99999, 1]) {
			t.is(percent(value), share.format(value));
		}
		const one = new Intl.NumberFormat(language, { maximumFractionDigits: 1, minimumFractionDigits: 1 });
		for (const value of [0, 3, 9.96, 27.31]) t.is(decimal(value), one.format(value));
	});
}
