import { DataError } from '../../core/errors.js';

/** What a client wants with a network whose weights the parties keep: public, the same bytes for all three. */
export interface ModelProgram {
	/** `keep`: the weights come with the job, on shares. `run`: they are here. */
	readonly act: 'keep' | 'run';
	/** 128 random bits in hexadecimal. */
	readonly id: string;
	/** As `encodeProgram` wrote it. */
	readonly network: string;
}

export function encodeModelProgram(program: ModelProgram): string {
	return JSON.stringify({ model: program });
}

/** Throws: DataError for a program of this kind with fields that it may not have; undefined for one of another kind. */
export function decodeModelProgram(text: string): ModelProgram | undefined {
	if (!text.startsWith('{"model":')) return undefined;
	let fields: { readonly act?: unknown; readonly id?: unknown; readonly network?: unknown };
	try {
		fields = { ...Object(JSON.parse(text).model) };
	} catch (cause) {
		throw new DataError('bad-program', 'the program is not one', { cause });
	}
	const { act, id, network } = fields;
	if ((act !== 'keep' && act !== 'run') || typeof network !== 'string') {
		throw new DataError('bad-program', 'model: expected keep or run of a network');
	}
	return { act, id: modelId(id), network };
}

/** Throws: DataError for anything else than 128 bits in hexadecimal, which is safe as the name of a file. */
export function modelId(value: unknown): string {
	if (typeof value === 'string' && /^[0-9a-f]{32}$/.test(value)) return value;
	throw new DataError('bad-program', 'model: expected an id of 128 bits in hexadecimal');
}
