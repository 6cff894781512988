import { UserError } from '../errors.js';
import { toChannels } from '../image/colour.js';
import { readImage } from '../image/files.js';
import { fit as fitTo } from '../image/geometry.js';
import type { Channels, Image, Size } from '../image/image.js';
import { createFrameSource, type FrameSource, type Wait } from './frame-source.js';
import { type OnSkip, picturePaths } from './picture-paths.js';
import { testPattern } from './test-pattern.js';
import { checkWebcam, takeShot } from './webcam.js';

export interface SourceOptions {
	/** Camera of `webcam`: /dev/video0, or fswebcam's TEST and FILE:path. The default camera otherwise. */
	readonly device?: string | undefined;
	/** Frames are fitted to it (cut, not distorted); as they come otherwise. */
	readonly size?: Size | undefined;
	readonly channels?: Channels | undefined;
	/** Frames to give; files start over. Without it files come once, and cameras go on until closed. */
	readonly count?: number | undefined;
	/** Pause between a frame and the next. */
	readonly intervalMs?: number | undefined;
	readonly signal?: AbortSignal | undefined;
	readonly onSkip?: OnSkip | undefined;
	/** Where the grabber program is looked for; the variable PATH otherwise. */
	readonly searchPath?: string | undefined;
	readonly shotTimeoutMs?: number | undefined;
	readonly wait?: Wait | undefined;
}

/** Pictures that come again are kept, up to this much of them: decoding takes longer than salting. */
const KEPT_BYTES = 64 * 1024 * 1024;

/** Size of `test` and `webcam` where none is asked for. */
export const DEFAULT_SIZE: Size = { width: 320, height: 240 };

/**
 * Opens `webcam`, `test`, a picture file, a folder of pictures, or several paths. A file called "test" is "./test".
 * Throws: UserError `bad-device`, `mixed-sources`, `no-source`; PeerError `no-grabber`; DataError for paths.
 * Reading a frame throws what `readImage` and the webcam throw; abort and `close` end it quietly.
 */
export async function openSource(spec: string | readonly string[], options: SourceOptions = {}): Promise<FrameSource> {
	const specs = typeof spec === 'string' ? [spec] : spec;
	const [first] = specs;
	if (first === undefined) {
		throw new UserError('no-source', 'no source of pictures is named', {
			hint: 'name webcam, test, a file or a folder',
		});
	}
	const live = specs.find(isLive);
	if (live !== undefined && specs.length > 1) {
		throw new UserError('mixed-sources', `${live}: cannot be mixed with other sources`, {
			hint: `run it alone, or write ./${live} for a file of that name`,
		});
	}
	switch (live) {
		case 'test':
			return openTestPattern(options);
		case 'webcam':
			return openWebcam(options);
		default:
			return await openFiles(specs, options);
	}
}

function isLive(spec: string): spec is 'webcam' | 'test' {
	return spec === 'webcam' || spec === 'test';
}

function openTestPattern(options: SourceOptions): FrameSource {
	const { size = DEFAULT_SIZE, channels = 3 } = options;
	return createFrameSource({
		...common(options),
		describe: 'test pattern',
		total: options.count ?? null,
		produce: async (index) => testPattern(index, size, channels),
	});
}

function openWebcam(options: SourceOptions): FrameSource {
	const { device = '', size = DEFAULT_SIZE, searchPath, shotTimeoutMs: timeoutMs } = options;
	checkWebcam(device, searchPath);
	return createFrameSource({
		...common(options),
		describe: device === '' ? 'webcam' : `webcam ${device}`,
		total: options.count ?? null,
		produce: async (_, signal) =>
			await shaped(await takeShot({ device, size, signal, timeoutMs, searchPath }), options),
	});
}

async function openFiles(specs: readonly string[], options: SourceOptions): Promise<FrameSource> {
	const paths = await picturePaths(specs, options.onSkip ?? (() => {}));
	const total = options.count ?? paths.length;
	const nameOf = (index: number): string => paths[index % paths.length];
	const kept = new Map<string, Image>();
	let keptBytes = 0;
	const read = async (path: string): Promise<Image> => {
		const known = kept.get(path);
		if (known !== undefined) return known;
		const image = await shaped(await readImage(path), options);
		if (total > paths.length && keptBytes + image.samples.length <= KEPT_BYTES) {
			kept.set(path, image);
			keptBytes += image.samples.length;
		}
		return image;
	};
	return createFrameSource({
		...common(options),
		describe: paths.length === 1 ? `picture ${paths[0]}` : `${paths.length} pictures`,
		total,
		nameOf,
		produce: async (index) => await read(nameOf(index)),
	});
}

function common(options: SourceOptions): {
	intervalMs: number;
	signal: AbortSignal | undefined;
	wait: Wait | undefined;
} {
	return { intervalMs: options.intervalMs ?? 0, signal: options.signal, wait: options.wait };
}

async function shaped(image: Image, options: SourceOptions): Promise<Image> {
	const fitted = options.size === undefined ? image : await fitTo(image, options.size);
	return toChannels(fitted, options.channels);
}
