import { DataError, UserError } from '../errors.js';
import { alignByEyes, alignedEyes, sampleTurned } from '../image/align.js';
import { toChannels, toRgb } from '../image/colour.js';
import { containedSize, resize } from '../image/geometry.js';
import type { Channels, Image, Size } from '../image/image.js';
import { scaled } from './align-face.js';
import { chooseFace, guardFace } from './choose-face.js';
import type { Detector, FaceApi } from './face-api.js';
import { boxText, type FaceBox, type FoundFace } from './found-face.js';

/** Which face of a picture, and how it is looked for. */
export interface FaceSearch {
	readonly detector: Detector;
	/** The largest of several. */
	readonly largest: boolean;
	/** Where the face is; nothing is searched then. */
	readonly box?: FaceBox | undefined;
}

/** The detectors see 512 pixels at most; more are for landmarks and descriptor. */
const LARGEST_SIDE = 2048;

/**
 * The one face of a picture that is meant.
 * Throws: DataError `no-face`, `several-faces`, `tiny-face`, `dark-face`, `turned-face`, `box-outside`.
 */
export async function findFace(api: FaceApi, picture: Image, name: string, search: FaceSearch): Promise<FoundFace> {
	const { box } = search;
	const limit = containedSize(picture, { width: LARGEST_SIDE, height: LARGEST_SIDE });
	const isLarge = limit.width < picture.width;
	const image = toRgb(isLarge ? await resize(picture, limit) : picture);
	const byX = picture.width / image.width;
	const byY = picture.height / image.height;
	if (box !== undefined) {
		guardBox(picture, box, name);
		const inImage = { x: box.x / byX, y: box.y / byY, width: box.width / byX, height: box.height / byY };
		const face = scaled(await api.findIn(image, inImage), byX, byY);
		guardFace(picture, face, name);
		return face;
	}
	const faces = (await api.find(image, search.detector)).map((face) => scaled(face, byX, byY));
	if (faces.length === 0) await guardUpright(api, image, name, search.detector);
	return chooseFace(picture, faces, name, search);
}

/** Throws: DataError `turned-face` when a face is found in the picture turned by a right angle. */
async function guardUpright(api: FaceApi, image: Image, name: string, detector: Detector): Promise<void> {
	for (const { degrees, a, b } of [
		{ degrees: 90, a: 0, b: 1 },
		{ degrees: -90, a: 0, b: -1 },
		{ degrees: 180, a: -1, b: 0 },
	]) {
		const size = a === 0 ? { width: image.height, height: image.width } : { width: image.width, height: image.height };
		const from = { x: image.width / 2, y: image.height / 2 };
		const turned = sampleTurned(image, { from, to: { x: size.width / 2, y: size.height / 2 }, a, b, size });
		if ((await api.find(turned, detector)).length === 0) continue;
		const message = `${name}: no upright face was found, but one that is turned by ${degrees} degrees`;
		throw new DataError('turned-face', message, { hint: 'Turn the picture upright.' });
	}
}

function guardBox(image: Size, box: FaceBox, name: string): void {
	const isInside = box.x + box.width <= image.width && box.y + box.height <= image.height;
	if (isInside) return;
	throw new DataError(
		'box-outside',
		`${name}: --box ${boxText(box)} leaves the ${image.width}x${image.height} picture`,
		{
			hint: 'It is LEFT,TOP,WIDTH,HEIGHT in pixels.',
		},
	);
}

/** Throws: UserError for a text that is no LEFT,TOP,WIDTH,HEIGHT. */
export function parseBox(text: string): FaceBox {
	const match = /^(\d{1,5}),(\d{1,5}),(\d{1,5}),(\d{1,5})$/.exec(text);
	const [x, y, width, height] = (match ?? []).slice(1).map(Number);
	if (match === null || width < 1 || height < 1) {
		throw new UserError('bad-option', `--box: expected LEFT,TOP,WIDTH,HEIGHT in pixels, got ${text}`);
	}
	return { x, y, width, height };
}

/**
 * Each picture as one of `size` in which the eyes of its face lie where `alignedEyes` says; pictures without a face that
 * can be told are left out.
 */
export async function* alignedFrames(
	frames: AsyncIterable<Image>,
	api: FaceApi,
	search: FaceSearch,
	shape: Size & { readonly channels: Channels; readonly onSkip: (reason: DataError) => void },
): AsyncGenerator<Image> {
	let count = 0;
	// files that start over come as the very same pictures
	const known = new WeakMap<Image, Image>();
	for await (const frame of frames) {
		count++;
		try {
			const aligned = known.get(frame) ?? (await alignedFrame(frame, `picture ${count}`));
			known.set(frame, aligned);
			yield aligned;
		} catch (error) {
			if (!(error instanceof DataError)) throw error;
			shape.onSkip(error);
		}
	}

	async function alignedFrame(frame: Image, name: string): Promise<Image> {
		const face = await findFace(api, frame, name, search);
		return toChannels(await alignToSize(frame, face, shape), shape.channels);
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
