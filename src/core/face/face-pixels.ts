import type { Image } from '../image/image.js';
import { FACE_SIDE } from './found-face.js';

/** An aligned face as the recognition network reads it: whole gray levels. Shape: 150x150 RGB in, C, H, W out. */
export function facePixels({ samples, width, height, channels }: Image): Int32Array {
	if (width !== FACE_SIDE || height !== FACE_SIDE || channels !== 3) {
		throw new RangeError(`face: expected ${FACE_SIDE}x${FACE_SIDE} in colours, got ${width}x${height}x${channels}`);
	}
	const plane = width * height;
	return Int32Array.from({ length: 3 * plane }, (_, at) => samples[(at % plane) * 3 + Math.floor(at / plane)]);
}
