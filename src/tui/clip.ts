import stringWidth from 'string-width';

const GRAPHEMES = new Intl.Segmenter('en', { granularity: 'grapheme' });

/** Columns that a text without escape sequences takes on a terminal. */
export function columnsOf(text: string): number {
	return stringWidth(text);
}

/** The text if it fits the columns, else as much of its beginning as fits before a "…". Never cuts inside a character. */
export function clip(text: string, columns: number): string {
	if (columnsOf(text) <= columns) {
		return text;
	}
	if (columns < 1) {
		return '';
	}
	let kept = '';
	let used = 1;
	for (const { segment } of GRAPHEMES.segment(text)) {
		used += columnsOf(segment);
		if (used > columns) {
			break;
		}
		kept += segment;
	}
	return `${kept}…`;
}
