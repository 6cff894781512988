import { type Point, sampleTurned } from '../image/align.js';
import { resize } from '../image/geometry.js';
import type { Image } from '../image/image.js';
import { FACE_SIDE, type FoundFace } from './found-face.js';

/** face-api's square: its side is the distance from the eyes to the mouth over this share; */
const EYES_TO_MOUTH = 0.45;
/** and the middle of eyes and mouth lies here. */
const MIDDLE = { x: 0.5, y: 0.43 } as const;

/**
 * A face as the recognition network reads it: the square that face-api cuts out, turned so that the eyes lie level. Upright
 * faces come out as there; turned and mirrored ones much nearer to themselves.
 * Shape: 150x150, with the channels of the picture.
 * Error: bilinear, after a picture that would shrink by more than two was resized.
 */
export async function alignFace(image: Image, face: FoundFace): Promise<Image> {
	const side = sideOf(face);
	const shrink = side / FACE_SIDE;
	if (shrink <= 2) return cut(image, face);
	const size = { width: Math.ceil(image.width / shrink), height: Math.ceil(image.height / shrink) };
	return cut(await resize(image, size), scaled(face, size.width / image.width, size.height / image.height));
}

/** A face in a picture that was resized by these factors. */
export function scaled({ box, score, eyes, mouth }: FoundFace, byX: number, byY: number): FoundFace {
	const point = ({ x, y }: Point): Point => ({ x: x * byX, y: y * byY });
	return {
		box: { x: box.x * byX, y: box.y * byY, width: box.width * byX, height: box.height * byY },
		score,
		eyes: { left: point(eyes.left), right: point(eyes.right) },
		mouth: point(mouth),
	};
}

function cut(image: Image, face: FoundFace): Image {
	const { eyes, mouth } = face;
	const turn = Math.atan2(eyes.right.y - eyes.left.y, eyes.right.x - eyes.left.x);
	const scale = sideOf(face) / FACE_SIDE;
	return sampleTurned(image, {
		from: { x: (eyes.left.x + eyes.right.x + mouth.x) / 3, y: (eyes.left.y + eyes.right.y + mouth.y) / 3 },
		to: { x: MIDDLE.x * FACE_SIDE, y: MIDDLE.y * FACE_SIDE },
		a: scale * Math.cos(turn),
		b: scale * Math.sin(turn),
		size: { width: FACE_SIDE, height: FACE_SIDE },
	});
}

function sideOf({ eyes, mouth }: FoundFace): number {
	const distance = (eye: Point): number => Math.hypot(mouth.x - eye.x, mouth.y - eye.y);
	return (distance(eyes.left) + distance(eyes.right)) / 2 / EYES_TO_MOUTH;
}
