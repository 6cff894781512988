import { de } from './de.js';
import { en, type Texts } from './en.js';

const translations: readonly Texts[] = [en, de];

/** The texts of the first language that there are some for; English otherwise. */
export function chooseTexts(languages: readonly string[]): Texts {
	for (const wanted of languages) {
		const found = translations.find(({ language }) => wanted.toLowerCase().split('-')[0] === language);
		if (found !== undefined) return found;
	}
	return en;
}
