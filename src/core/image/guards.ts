import { DataError } from '../errors.js';
import type { Image, Size } from './image.js';

/** Throws: RangeError unless both sides are whole and at least 1. */
export function guardSides(size: Size, name: string): void {
	const { width, height } = size;
	if (!(Number.isInteger(width) && Number.isInteger(height) && width >= 1 && height >= 1)) {
		throw new RangeError(`${name}: expected whole sides of at least 1, got ${width}x${height}`);
	}
}

/** Throws: DataError `shape-mismatch` unless both pictures have the same width, height and channels. */
export function guardSameShape(a: Image, b: Image): void {
	if (a.width !== b.width || a.height !== b.height || a.channels !== b.channels) {
		throw new DataError('shape-mismatch', `pictures differ in shape: ${shapeText(a)} and ${shapeText(b)}`, {
			hint: 'bring both to one size and colour first',
		});
	}
}

/** For messages: "320x240 gray". */
export function shapeText(image: Image): string {
	return `${image.width}x${image.height} ${image.channels === 1 ? 'gray' : 'rgb'}`;
}
