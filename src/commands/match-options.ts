import { faceOptions } from './face-options.js';
import { secureOptions } from './secure-options.js';

/** Of commands that share a face with the parties. */
export const matchOptions = {
	...secureOptions,
	...faceOptions,
	where: {
		type: 'string',
		choices: ['parties', 'client'],
		default: 'parties',
		describe: 'Who computes the descriptor; client is faster and has to be trusted with its arithmetic',
	},
	privateModel: {
		type: 'boolean',
		describe: 'With the recognition network that the parties keep on shares, see `model share recognition`',
	},
} as const;

/** Where a user would look for it. */
export const LIVENESS =
	'Whether a living person was before the camera is not told: a photograph of a face matches like the face.';
