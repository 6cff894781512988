import { DataError } from '../errors.js';

/** Makes the error for one place of a model. */
export type Refuse = (why: string, hint?: string) => DataError;

/** A model that cannot be imported: which file, where in it, why. */
export function refuseAt(where: string): Refuse {
	return (why, hint) => new DataError('bad-model', `${where}: ${why}`, hint === undefined ? {} : { hint });
}

/** Names of a file are shown, but not at any length, and no control characters. */
export function shown(name: string): string {
	return name.replace(/\p{C}/gu, '?').slice(0, 80);
}
