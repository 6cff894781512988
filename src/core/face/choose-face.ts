import { DataError } from '../errors.js';
import type { Eyes } from '../image/align.js';
import type { Image } from '../image/image.js';
import { boxText, type FaceBox, type FoundFace, rollDegrees } from './found-face.js';

/** Smaller faces have too few pixels for 150x150: their descriptors say little. */
const LEAST_SIDE = 40;
/** Mean gray level of a face, below which noise outweighs it. */
const LEAST_GRAY = 24;
/** Degrees; a face that is turned more is not found reliably, nor are its landmarks. */
const MOST_ROLL = 45;
/** Width over height of a box; upright faces are higher than wide. */
const MOST_WIDE = 1.3;

/** Which of several faces is meant. */
export interface FaceChoice {
	readonly largest: boolean;
}

/**
 * The one face that is meant.
 * Shape: faces with the largest first.
 * Throws: DataError `no-face`, `several-faces`, or what `guardFace` throws.
 */
export function chooseFace(image: Image, faces: readonly FoundFace[], name: string, choice: FaceChoice): FoundFace {
	const [face] = faces;
	if (face === undefined) {
		const isSmall = Math.min(image.width, image.height) < 3 * LEAST_SIDE;
		throw new DataError('no-face', `${name}: no face was found`, {
			hint: isSmall
				? `The picture has ${image.width}x${image.height} pixels; a face alone needs ${LEAST_SIDE} each way. Take a larger one.`
				: 'Take a picture from the front, in good light; or name the place with --box LEFT,TOP,WIDTH,HEIGHT.',
		});
	}
	if (faces.length > 1 && !choice.largest) {
		const boxes = faces.map(({ box }) => boxText(box)).join(' and ');
		throw new DataError('several-faces', `${name}: ${faces.length} faces were found, at ${boxes}`, {
			hint: `Take the largest with --largest, or one of them with --box, as in --box ${boxText(face.box)}.`,
		});
	}
	guardFace(image, face, name);
	return face;
}

/** Throws: DataError `tiny-face`, `dark-face` or `turned-face`, for a face whose descriptor would say little. */
export function guardFace(image: Image, { box, eyes }: FoundFace, name: string): void {
	const side = Math.min(box.width, box.height);
	if (side < LEAST_SIDE) {
		const message = `${name}: the face is ${Math.round(side)} pixels wide, expected at least ${LEAST_SIDE}`;
		throw new DataError('tiny-face', message, { hint: 'Take a picture from nearer, or a larger one.' });
	}
	const gray = meanGray(image, box);
	if (gray < LEAST_GRAY) {
		throw darkFace(name, gray);
	}
	if (isTurned(box, eyes)) {
		const message = `${name}: the face is turned by more than ${MOST_ROLL} degrees, or lies on its side`;
		throw new DataError('turned-face', message, { hint: 'Turn the picture upright.' });
	}
}

/** Throws: as `guardFace`, for a face whose place a person gave. */
export function guardBoxedFace(image: Image, face: FoundFace, name: string): void {
	if (isTurned(face.box, face.eyes)) {
		const message = `${name}: what is at --box ${boxText(face.box)} does not look like an upright face`;
		throw new DataError('turned-face', message, {
			hint: 'The box goes around the face alone, from the forehead to the chin; turn the picture upright first.',
		});
	}
	guardFace(image, face, name);
}

/** The refusal of a face that is too dark, or lies in a picture that is. */
export function darkFace(name: string, gray: number): DataError {
	const message = `${name}: the face is too dark, gray level ${Math.round(gray)} of 255 on the mean`;
	return new DataError('dark-face', message, { hint: 'Take a picture in better light.' });
}

function isTurned(box: FaceBox, eyes: Eyes): boolean {
	return Math.abs(rollDegrees(eyes)) > MOST_ROLL || box.width > MOST_WIDE * box.height;
}

/** On the mean over a box, as far as it lies in the picture. Range: 0..255. */
export function meanGray({ samples, width, height, channels }: Image, box: FaceBox): number {
	const within = (value: number, most: number): number => Math.min(Math.max(Math.round(value), 0), most);
	const [left, right] = [within(box.x, width - 1), within(box.x + box.width, width)];
	const [top, bottom] = [within(box.y, height - 1), within(box.y + box.height, height)];
	let sum = 0;
	let count = 0;
	for (let y = top; y < bottom; y++) {
		const row = samples.subarray((y * width + left) * channels, (y * width + right) * channels);
		for (const sample of row) sum += sample;
		count += row.length;
	}
	return count === 0 ? 0 : sum / count;
}
