/** What JSON can say. */
export type JsonValue = string | number | boolean | null | readonly JsonValue[] | { readonly [key: string]: JsonValue };

/**
 * Valid inside JSON, yet acted on by a terminal or a line reader: JSON.stringify escapes the C0 controls only. All
 * lie in the basic plane except the tag characters, which are matched by the surrogates that write them.
 */
const UNSAFE_IN_JSON =
	/[\u007f-\u009f\u00ad\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u2069\ufeff]|\udb40[\udc00-\udc7f]/g;

/**
 * A result field as JSON has it.
 * - bigint: decimal text, always, so that a field never changes its type with its size
 * - NaN, Infinity, -Infinity: null
 * - Uint8Array (Buffer too): lower-case hex; other typed arrays: arrays of numbers, or of text for 64 bits
 * - Date: ISO 8601 text; Error: its message; Map: an object; Set: an array
 * - undefined, functions, symbols: left out of objects, null in arrays
 */
export function toJsonValue(value: unknown): JsonValue {
	return convert(value) ?? null;
}

/** One JSON object on one line, without the line break, harmless on a terminal; parsing gives back the same text. */
export function jsonLine(fields: Readonly<Record<string, unknown>>): string {
	return JSON.stringify(toJsonValue(fields)).replace(UNSAFE_IN_JSON, escapeUnits);
}

function convert(value: unknown): JsonValue | undefined {
	switch (typeof value) {
		case 'string':
		case 'boolean':
			return value;
		case 'number':
			return Number.isFinite(value) ? value : null;
		case 'bigint':
			return value.toString();
		case 'object':
			return value === null ? null : convertObject(value);
		default:
			return undefined;
	}
}

function convertObject(value: object): JsonValue {
	if (value instanceof Uint8Array) {
		return Buffer.from(value.buffer, value.byteOffset, value.byteLength).toString('hex');
	}
	if (ArrayBuffer.isView(value) && isIterable(value)) {
		return Array.from(value, toJsonValue);
	}
	if (Array.isArray(value) || value instanceof Set) {
		return Array.from(value, toJsonValue);
	}
	if (value instanceof Date) {
		return Number.isNaN(value.getTime()) ? null : value.toISOString();
	}
	if (value instanceof Error) {
		return value.message;
	}
	const entries = value instanceof Map ? [...value] : Object.entries(value);
	const converted: [string, JsonValue][] = [];
	for (const [key, item] of entries) {
		const json = convert(item);
		if (json !== undefined) {
			converted.push([String(key), json]);
		}
	}
	return Object.fromEntries(converted);
}

function isIterable(value: object): value is Iterable<unknown> {
	return Symbol.iterator in value;
}

function escapeUnits(text: string): string {
	return Array.from({ length: text.length }, (_, index) => {
		return `\\u${text.charCodeAt(index).toString(16).padStart(4, '0')}`;
	}).join('');
}
