/**
 * Characters that a terminal acts on or that hide or reorder what is read: control characters (C0, DEL, C1), format
 * characters (bidirectional overrides, byte order mark, tags), line and paragraph separators, lone surrogates, and the
 * private plane that dashboards mark pictures with. The joiners U+200C and U+200D stay: Persian and emoji need them and they move nothing.
 */
const UNSAFE = /(?![\u200c\u200d])[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}\u{f0000}-\u{fffff}]/gu;

const SHORT_NAMES: Readonly<Record<string, string>> = { '\n': '\\n', '\r': '\\r', '\t': '\\t' };

/** A colour sequence: the one escape sequence that moves nothing, asks nothing and answers nothing. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: escape sequences are what this file is about
const COLOUR = /(\u001b\[[\d;:]*m)/;

/**
 * Text from outside (a file name, a server's message) made harmless for a terminal: each character that a terminal
 * would act on becomes visible (`\n`, `\x1b`, `\u{202e}`), so one text stays one line and cannot pose as another.
 * Exact: text without such characters comes back unchanged.
 */
export function safeText(text: string): string {
	return text.replace(UNSAFE, escapeVisibly);
}

/** Like `safeText`, for our own text of several lines: line breaks and tabs stay. */
export function safeLines(text: string): string {
	return text.replace(UNSAFE, (char) => (char === '\n' || char === '\t' ? char : escapeVisibly(char)));
}

/** Like `safeLines`, and colours stay too: for results that hold a picture drawn with half blocks. */
export function safeColouredLines(text: string): string {
	// With a capturing group split puts the separators at the odd places.
	return text
		.split(COLOUR)
		.map((part, index) => (index % 2 === 1 ? part : safeLines(part)))
		.join('');
}

function escapeVisibly(char: string): string {
	const code = char.codePointAt(0) ?? 0;
	const short = SHORT_NAMES[char];
	if (short !== undefined) {
		return short;
	}
	return code < 0x100 ? `\\x${code.toString(16).padStart(2, '0')}` : `\\u{${code.toString(16)}}`;
}
