import { UserError } from '../core/errors.js';
import type { Size } from '../core/image/image.js';
import type { OptionSpecs, PositionalSpec } from './define-command.js';

/** "minBatch" -> "min-batch". */
export function kebab(name: string): string {
	return name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
}

/**
 * Checks parsed values against an option map and fills in the defaults.
 * Throws: UserError that names the option, what it takes and what it got.
 */
export function checkOptions(specs: OptionSpecs, parsed: Readonly<Record<string, unknown>>): Record<string, unknown> {
	const values: Record<string, unknown> = {};
	for (const [name, spec] of Object.entries(specs)) {
		const value = parsed[name];
		const flag = `--${kebab(name)}`;
		if (Array.isArray(value)) throw bad(flag, 'one value', value.join(', '));
		if (spec.type === 'boolean') {
			values[name] = value === true;
		} else if (value === undefined) {
			if (spec.type === 'string' && spec.required) {
				throw new UserError('missing-option', `${flag} is missing: ${spec.describe}`);
			}
			values[name] = spec.default;
		} else if (spec.type === 'number') {
			const { min, max, integer = false } = spec;
			const number = typeof value === 'string' && value.trim() !== '' ? Number(value) : Number.NaN;
			if (!(number >= min && number <= max) || (integer && !Number.isInteger(number))) {
				throw bad(flag, `a ${integer ? 'whole ' : ''}number from ${min} to ${max}`, String(value));
			}
			values[name] = number;
		} else {
			const text = String(value);
			if (text === '') throw bad(flag, 'a value', 'nothing');
			if (spec.choices !== undefined && !spec.choices.includes(text)) throw bad(flag, spec.choices.join(', '), text);
			values[name] = text;
		}
	}
	return values;
}

/** Throws: UserError for a missing or a surplus positional. */
export function checkPositionals(specs: readonly PositionalSpec[], given: readonly string[]): void {
	const missing = specs[given.length];
	if (missing !== undefined && missing.optional !== true) {
		throw new UserError('missing-argument', `${missing.name} is missing: ${missing.describe}`);
	}
	const last = specs.at(-1);
	if (given.length > specs.length && last?.variadic !== true) {
		throw new UserError('surplus-argument', `"${given[specs.length]}" is one argument too many`);
	}
	if (given.includes('')) throw new UserError('empty-argument', 'an argument is empty');
}

/** "320x240" -> pixels. Throws: UserError. */
export function parseSize(text: string, flag = '--size'): Size {
	const match = /^(\d{1,5})x(\d{1,5})$/i.exec(text);
	const width = Number(match?.[1]);
	const height = Number(match?.[2]);
	if (!(width >= 1 && height >= 1 && width <= 20_000 && height <= 20_000)) {
		throw bad(flag, 'WIDTHxHEIGHT in pixels, such as 320x240', text);
	}
	return { width, height };
}

function bad(flag: string, expected: string, got: string): UserError {
	return new UserError('bad-option', `${flag}: expected ${expected}, got "${got}"`);
}
