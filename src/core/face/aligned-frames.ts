import { DataError } from '../errors.js';
import { alignByEyes, alignedEyes } from '../image/align.js';
import { toChannels } from '../image/colour.js';
import { resize } from '../image/geometry.js';
import type { Channels, Image, Size } from '../image/image.js';
import { scaled } from './align-face.js';
import type { FaceApi } from './face-api.js';
import { type FaceSearch, findFace } from './find-face.js';
import type { FoundFace } from './found-face.js';

/** How frames are aligned, and who hears of those that are left out. */
interface AlignedShape extends Size {
	readonly channels: Channels;
	/** What frame number `index`, from 0, is called in messages. */
	nameOf(index: number): string;
	/** Hears once of a picture that comes again. */
	onSkip(reason: DataError): void;
	/** Frames that were to come are no failure once it is aborted. */
	readonly signal?: AbortSignal;
}

/**
 * Each picture as one of `size` in which the eyes of its face lie where `alignedEyes` says; pictures without a face that
 * can be told are left out.
 * Throws: DataError when they all are, with the reason of the first one.
 */
export async function* alignedFrames(
	frames: AsyncIterable<Image>,
	api: FaceApi,
	search: FaceSearch,
	shape: AlignedShape,
): AsyncGenerator<Image> {
	let index = 0;
	let firstReason: DataError | undefined;
	let isEmpty = true;
	// files that start over come as the very same pictures
	const known = new WeakMap<Image, Image | DataError>();
	for await (const frame of frames) {
		const before = known.get(frame);
		const aligned = before ?? (await alignedFrame(frame, shape.nameOf(index)));
		known.set(frame, aligned);
		index++;
		if (!(aligned instanceof DataError)) {
			isEmpty = false;
			yield aligned;
		} else if (before === undefined) {
			firstReason ??= aligned;
			shape.onSkip(aligned);
		}
	}
	if (!isEmpty || firstReason === undefined || shape.signal?.aborted === true) return;
	const { code, message, hint = '' } = firstReason;
	throw new DataError(
		code,
		index === 1 ? message : `none of ${index} pictures has a face that can be told: ${message}`,
		{
			hint,
		},
	);

	async function alignedFrame(frame: Image, name: string): Promise<Image | DataError> {
		try {
			const face = await findFace(api, frame, name, search);
			return toChannels(await alignToSize(frame, face, shape), shape.channels);
		} catch (error) {
			if (error instanceof DataError) return error;
			throw error;
		}
	}
}

/** `alignByEyes` of a picture that is made smaller first, where it would shrink by more than two. */
async function alignToSize(image: Image, face: FoundFace, size: Size): Promise<Image> {
	const { left, right } = face.eyes;
	const aligned = alignedEyes(size);
	const shrink = Math.hypot(right.x - left.x, right.y - left.y) / (aligned.right.x - aligned.left.x);
	const target = { width: size.width, height: size.height };
	if (shrink <= 2) return alignByEyes(image, face.eyes, target);
	const smaller = { width: Math.ceil(image.width / shrink), height: Math.ceil(image.height / shrink) };
	const { eyes } = scaled(face, smaller.width / image.width, smaller.height / image.height);
	return alignByEyes(await resize(image, smaller), eyes, target);
}
