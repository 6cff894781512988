import { UserError } from '../core/errors.js';
import { CAMERA_NAME } from '../services/subtractor/exchange-url.js';
import { clientOptions } from './common-options.js';
import { defineCommand } from './define-command.js';
import { parseSize } from './option-values.js';
import { passphraseOptions } from './passphrase.js';
import { assertOneKey } from './read-key.js';
import { retryForOption } from './retry.js';

const MAX_THRESHOLD = 254;

export const watch = defineCommand({
	name: 'watch',
	summary: 'Let a camera encrypt and upload, or see what moves before it',
	epilogue:
		'With --source this is a camera: it encrypts each picture and uploads it to a subtractor. With --key it shows what moves, ' +
		'too; with --to it cannot, nor can anybody but the owner. Without --source this is the owner: it follows what the camera ' +
		'uploads from now on, and --key shows what moves. A difference that is not the one asked for is discarded, and the ' +
		'server is told nothing.',
	options: {
		server: { type: 'string', required: true, describe: 'Address of the subtractor' },
		camera: { type: 'string', default: 'camera', describe: 'Name of the camera there' },
		source: { type: 'string', describe: 'webcam, test (a moving pattern), a picture file or a folder of pictures' },
		key: { type: 'string', describe: 'Secret key (NAME.key)' },
		to: { type: 'string', describe: 'Public key (NAME.pub), for a camera that must not read the others' },
		untagged: { type: 'boolean', describe: 'Owner: the camera encrypts with --to; then nothing proves an answer' },
		device: { type: 'string', describe: 'webcam: which camera, such as /dev/video0' },
		size: { type: 'string', default: '320x240', describe: 'Size of the pictures; what sticks out is cut off' },
		colour: { type: 'string', choices: ['gray', 'rgb'], default: 'gray', describe: 'Colour of the pictures' },
		intervalMs: {
			type: 'number',
			integer: true,
			min: 0,
			max: 86_400_000,
			default: 1000,
			describe: 'Milliseconds from a picture to the next, or between looks for new ones',
		},
		count: { type: 'number', integer: true, min: 1, max: 1e9, describe: 'Pictures to upload, or to compare; then end' },
		threshold: {
			type: 'number',
			integer: true,
			min: 0,
			max: MAX_THRESHOLD,
			default: 30,
			describe: 'Gray levels by which a pixel has to change to have moved',
		},
		as: {
			type: 'string',
			choices: ['signed', 'absolute', 'saturated'],
			default: 'absolute',
			describe: 'How differences are shown in the dashboard',
		},
		retryFor: { ...retryForOption, describe: 'Seconds to wait for a subtractor that is away' },
		...clientOptions,
		...passphraseOptions,
	},
	examples: [
		{
			line: 'watch --server http://127.0.0.1:7500 --source test --count 3 --key owner.key',
			says: 'A camera whose owner watches, three pictures of a test pattern',
		},
		{
			line: 'watch --server http://127.0.0.1:7500 --source test --count 2 --camera hall --to owner.pub',
			says: 'A camera that can encrypt and not decrypt',
		},
	],
	async run(options, _given, context) {
		const { source, key } = options;
		assertOneKey(options);
		if (source === undefined && key === undefined) {
			throw new UserError('key-needed', '--to encrypts, and there is no --source of pictures to encrypt', {
				hint: 'Give --key NAME.key to see what moves, or --source for a camera.',
			});
		}
		if (options.untagged && source !== undefined) {
			throw new UserError('unused-option', '--untagged is for the owner, who has no --source', {
				hint: 'Leave it out.',
			});
		}
		if (!CAMERA_NAME.test(options.camera)) {
			throw new UserError(
				'bad-option',
				`--camera: expected letters, digits, "-", "_" and ".", 64 at most, got "${options.camera}"`,
			);
		}
		const shape = { ...parseSize(options.size), channels: options.colour === 'gray' ? 1 : 3 } as const;
		const { startWatch } = await import('./watch-start.js');
		return await startWatch({ ...options, shape }, context);
	},
});
