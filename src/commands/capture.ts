import { UserError } from '../core/errors.js';
import type { Image } from '../core/image/image.js';
import type { NumberedWriter } from '../core/image/numbered-files.js';
import { type CommandContext, defineCommand } from './define-command.js';
import { faceFrames, faceOptions, guardFaceOptions, sourceShape } from './face-options.js';
import { parseSize } from './option-values.js';

export const capture = defineCommand({
	name: 'capture',
	summary: 'Take pictures with the webcam and keep them as PNG files',
	epilogue:
		'Files are numbered, capture-0001.png and so on, behind those that are there; none is overwritten. They are not ' +
		'protected: salt or encrypt them before they leave this machine.',
	options: {
		out: { type: 'string', describe: 'Folder for the pictures, made if it is not there' },
		source: {
			type: 'string',
			default: 'webcam',
			describe: 'webcam, test (a moving pattern), a picture file or a folder of pictures',
		},
		device: { type: 'string', describe: 'webcam: which camera, such as /dev/video0' },
		count: {
			type: 'number',
			integer: true,
			min: 1,
			max: 1e9,
			default: 1,
			describe: 'Pictures to take; files start over',
		},
		intervalMs: {
			type: 'number',
			integer: true,
			min: 0,
			max: 86_400_000,
			default: 0,
			describe: 'Milliseconds to wait between a picture and the next',
		},
		size: { type: 'string', default: '320x240', describe: 'Size of the pictures; what sticks out is cut off' },
		colour: { type: 'string', choices: ['gray', 'rgb'], default: 'rgb', describe: 'Colour of the pictures' },
		face: { type: 'boolean', describe: 'Turn and scale each picture so that the eyes of its face lie at one place' },
		...faceOptions,
		listDevices: { type: 'boolean', describe: 'Name the cameras of this machine, and take no picture' },
	},
	examples: [
		{ line: 'capture --source test --out shots --count 3', says: 'Three pictures of a test pattern, without a camera' },
		{ line: 'capture --list-devices', says: 'Which cameras are there' },
	],
	async run(options, _given, context) {
		if (options.listDevices) {
			const { listDevices } = await import('../core/camera/list-devices.js');
			const devices = await listDevices();
			return { fields: { devices }, text: devices.length === 0 ? 'no camera was found' : devices.join('\n') };
		}
		const { out } = options;
		if (out === undefined) {
			throw new UserError('missing-option', '--out is missing: a folder for the pictures');
		}
		guardFaceOptions(options);
		const shape = { ...parseSize(options.size), channels: options.colour === 'gray' ? 1 : 3 } as const;
		const [{ openSource }, { numberedWriter }] = await Promise.all([
			import('../core/camera/open-source.js'),
			import('../core/image/numbered-files.js'),
		]);
		const source = await openSource(options.source, {
			device: options.device,
			...sourceShape(options.source, options, shape),
			count: options.count,
			intervalMs: options.intervalMs,
			signal: context.abort.signal,
			onSkip: (_path, reason) => context.reporter.note(`left out ${reason.message}`),
		});
		try {
			const frames = options.face ? await faceFrames(source, options, shape, context) : source;
			const files = await keep(frames, numberedWriter(out, 'capture'), options.count, context);
			return { fields: { files }, text: files.length === 0 ? 'no picture was taken' : files.join('\n') };
		} finally {
			await source.close();
		}
	},
});

async function keep(
	source: AsyncIterable<Image>,
	writer: NumberedWriter,
	total: number,
	context: CommandContext,
): Promise<readonly string[]> {
	const files: string[] = [];
	for await (const image of source) {
		files.push(await writer.write(image));
		context.reporter.progress({ phase: 'capture', done: files.length, total });
	}
	return files;
}
