import type { FrameSource } from '../core/camera/frame-source.js';
import { UserError } from '../core/errors.js';
import type { FaceApi } from '../core/face/face-api.js';
import type { FaceSearch } from '../core/face/find-face.js';
import type { Channels, Image, Size } from '../core/image/image.js';
import type { CommandContext } from './define-command.js';

/** How commands look for the face of a picture. */
export const faceOptions = {
	largest: { type: 'boolean', describe: 'Of several faces, take the largest' },
	box: { type: 'string', describe: 'Where the face is: LEFT,TOP,WIDTH,HEIGHT in pixels' },
	detector: {
		type: 'string',
		choices: ['ssd', 'tiny'],
		default: 'ssd',
		describe: 'What looks for faces; tiny is faster and misses more',
	},
} as const;

/** Loads what looks for faces. */
export async function openFaceSearch(options: {
	readonly largest: boolean;
	readonly box: string | undefined;
	readonly detector: 'ssd' | 'tiny';
}): Promise<{ readonly api: FaceApi; readonly search: FaceSearch }> {
	const [{ parseBox }, { openFaceApi }] = await Promise.all([
		import('../core/face/find-face.js'),
		import('../core/face/face-api.js'),
	]);
	const { largest, detector } = options;
	// before the time that loading takes
	const box = options.box === undefined ? undefined : parseBox(options.box);
	if (largest && box !== undefined) {
		throw new UserError('unused-option', '--largest has no meaning with --box, which names the one face');
	}
	return { api: await openFaceApi(), search: { largest, detector, box } };
}

interface FaceOptions {
	readonly face: boolean;
	readonly largest: boolean;
	readonly box: string | undefined;
	readonly detector: 'ssd' | 'tiny';
}

/** A webcam that looks for a face takes larger pictures than are kept: the face is a part of them. */
const WEBCAM_SIZE: Size = { width: 640, height: 480 };

/** Throws: UserError for options on faces without --face. */
export function guardFaceOptions({ face, largest, box }: FaceOptions): void {
	if (face || !(largest || box !== undefined)) return;
	throw new UserError('unused-option', `--${largest ? 'largest' : 'box'} has no meaning without --face`);
}

/** The shape in which a source gives its pictures: as they are where a face is cut out of them. */
export function sourceShape(
	spec: string | readonly string[],
	{ face }: FaceOptions,
	{ width, height, channels }: Size & { readonly channels: Channels },
): { readonly size?: Size; readonly channels?: Channels } {
	if (!face) return { size: { width, height }, channels };
	return [spec].flat().includes('webcam') ? { size: WEBCAM_SIZE } : {};
}

/** The pictures of a source with their faces aligned; those without one are named and left out. Throws: DataError when all are. */
export async function faceFrames(
	source: FrameSource,
	options: FaceOptions,
	shape: Size & { readonly channels: Channels },
	context: CommandContext,
): Promise<AsyncIterable<Image>> {
	const [{ alignedFrames }, { api, search }] = await Promise.all([
		import('../core/face/aligned-frames.js'),
		openFaceSearch(options),
	]);
	const onSkip = (reason: Error): void => context.reporter.note(`left out ${reason.message}`);
	const { nameOf } = source;
	return alignedFrames(source, api, search, { ...shape, nameOf, onSkip, signal: context.abort.signal });
}
