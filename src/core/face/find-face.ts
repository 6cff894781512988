import { DataError, UserError } from '../errors.js';
import { sampleTurned } from '../image/align.js';
import { toRgb } from '../image/colour.js';
import { containedSize, resize } from '../image/geometry.js';
import type { Image, Size } from '../image/image.js';
import { scaled } from './align-face.js';
import { chooseFace, darkFace, guardBoxedFace, meanGray } from './choose-face.js';
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
/** Mean gray level of a picture below which a face may be there and not be found; */
const DARK_GRAY = 40;
/** brightened to this one it is. */
const LIT_GRAY = 110;
/** Right angles, as factors of `sampleTurned`. */
const TURNS = [
	{ how: 'turned on its side', a: 0, b: 1 },
	{ how: 'turned on its side', a: 0, b: -1 },
	{ how: 'turned upside down', a: -1, b: 0 },
] as const;

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
		guardBoxedFace(picture, face, name);
		return face;
	}
	const faces = (await api.find(image, search.detector)).map((face) => scaled(face, byX, byY));
	if (faces.length === 0) await guardHidden(api, image, name, search.detector);
	return chooseFace(picture, faces, name, search);
}

/** Throws: DataError `dark-face` or `turned-face` when a face is found in the picture brightened, or turned. */
async function guardHidden(api: FaceApi, image: Image, name: string, detector: Detector): Promise<void> {
	const gray = meanGray(image, { x: 0, y: 0, ...image });
	if (gray < DARK_GRAY) {
		const gain = LIT_GRAY / Math.max(gray, 1);
		const samples = image.samples.map((sample) => Math.min(255, sample * gain));
		if ((await api.find({ ...image, samples }, detector)).length > 0) throw darkFace(name, gray);
	}
	const found: { readonly how: string; readonly score: number }[] = [];
	for (const { how, a, b } of TURNS) {
		const size = a === 0 ? { width: image.height, height: image.width } : { width: image.width, height: image.height };
		const from = { x: image.width / 2, y: image.height / 2 };
		const turned = sampleTurned(image, { from, to: { x: size.width / 2, y: size.height / 2 }, a, b, size });
		found.push(...(await api.find(turned, detector)).map(({ score }) => ({ how, score })));
	}
	// one that is upside down is found on its side, too, but less surely
	const [best] = found.toSorted((one, other) => other.score - one.score);
	if (best === undefined) return;
	const message = `${name}: a face was found only with the picture ${best.how}`;
	throw new DataError('turned-face', message, { hint: 'Turn the picture so that the face is upright.' });
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
