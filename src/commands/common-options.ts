import type { OptionSpecs } from './define-command.js';

/** Every command takes these. */
export const commonOptions = {
	json: { type: 'boolean', describe: 'One JSON object per line on stdout' },
	plain: { type: 'boolean', describe: 'Lines instead of a dashboard' },
	quiet: { type: 'boolean', describe: 'No progress and no notes' },
	debug: { type: 'boolean', describe: 'Show the stack trace of an error' },
} as const satisfies OptionSpecs;

/** Commands that talk to a server take these. */
export const clientOptions = {
	token: { type: 'string', describe: 'Token of the server (or the variable VEILCAM_TOKEN)' },
	ca: { type: 'string', describe: 'PEM file with the certificate that vouches for the server' },
	fingerprint: { type: 'string', describe: 'SHA-256 of the certificate of a self-signed server' },
} as const satisfies OptionSpecs;
