import { UserError } from '../core/errors.js';
import { defineCommand } from './define-command.js';
import { secureOptions } from './secure-options.js';

export const model = defineCommand({
	name: 'model',
	summary: 'Import an ONNX network, see whether it fits, share its weights',
	epilogue:
		'`import F.onnx` makes a file for `infer`; `show` tells its layers, headroom and what it costs; `share` gives the ' +
		'parties shares of its weights, which they keep until `remove`; `list` tells which they keep. The architecture of a ' +
		'model is public: parties learn its layers and sizes, the bits of its integers and the name of its file. ' +
		'`share recognition` shares the network that describes faces, one at a time, for --private-model of `enroll` and `match`.',
	positionals: [
		{ name: 'what', describe: 'import, show, share, list or remove' },
		{
			name: 'file',
			describe: 'ONNX file to import, else a model; for remove also its id; for share and remove also recognition',
			optional: true,
		},
	],
	options: {
		out: {
			type: 'string',
			describe: 'File to write: the model (import), or what clients need without the weights (share)',
		},
		calibrate: {
			type: 'string',
			describe: 'Choose bits by the pictures of a folder, or by inputs in a .npy file (N, C, H, W)',
		},
		ring: {
			type: 'string',
			choices: ['auto', '32', '64'],
			default: 'auto',
			describe: 'Bits of the integers; auto: 64 where 32 leave under 2 bits of headroom',
		},
		scale: { type: 'string', default: '1/255', describe: 'A sample of a picture, 0..255, is multiplied by this' },
		mean: {
			type: 'string',
			default: '0',
			describe: 'Then this is subtracted; one number, or one per channel with commas',
		},
		std: { type: 'string', default: '1', describe: 'Then it is divided by this; one number, or one per channel' },
		weights: {
			type: 'string',
			describe:
				'share recognition: folder of weights of yours in the format of face-api; those of the package otherwise',
		},
		force: { type: 'boolean', describe: 'Overwrite the file of --out; remove also what templates were made with' },
		...secureOptions,
	},
	examples: [
		{ line: 'model import net.onnx --calibrate shots --out net.model', says: 'Choose bits by pictures' },
		{ line: 'model show net.model', says: 'Layers, headroom, bytes and rounds' },
		{ line: 'model share net.model --parties parties', says: 'The parties keep its weights on shares' },
		{ line: 'model share recognition', says: 'The face network, for --private-model of enroll and match' },
	],
	async run(options, [what, file], context) {
		const isRecognition = what === 'share' && file === 'recognition';
		guardWeights(options, isRecognition);
		if (what === 'list') return (await import('./model-on-parties.js')).listKept(options.parties, context);
		if (file === undefined) throw new UserError('missing-argument', `model ${what}: expected a file`);
		if (isRecognition) {
			const { shareRecognition } = await import('./model-recognition.js');
			return await shareRecognition(options.weights, options.parties, context);
		}
		switch (what) {
			case 'import':
				return (await import('./model-import.js')).importFile(file, options, context);
			case 'show':
				return (await import('./model-show.js')).showModel(file);
			case 'share':
				return (await import('./model-on-parties.js')).shareModel(file, options, context);
			case 'remove':
				return (await import('./model-on-parties.js')).removeKept(file, options, context);
			default:
				throw new UserError('bad-argument', `model: expected import, show, share, list or remove, got "${what}"`);
		}
	},
});

/** Throws: UserError for options of the recognition network elsewhere, and of files with it. */
function guardWeights(
	{ weights, out }: { readonly weights: string | undefined; readonly out: string | undefined },
	isShared: boolean,
): void {
	if (weights !== undefined && !isShared) {
		throw new UserError('unused-option', '--weights has a meaning with `model share recognition` alone');
	}
	if (out !== undefined && isShared) {
		throw new UserError(
			'unused-option',
			'--out has no meaning with `model share recognition`: clients need no file of it',
		);
	}
}
