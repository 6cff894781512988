import type { OptionSpecs } from './define-command.js';

/** Options of commands that compute on shares, or in the clear for comparison. */
export const secureOptions = {
	parties: { type: 'string', default: './parties', describe: 'Folder with the client.json of three parties' },
} as const satisfies OptionSpecs;
