import type { Eyes, Point } from '../image/align.js';

/** Side of the picture that the recognition network reads, in pixels. */
export const FACE_SIDE = 150;

/** A rectangle in a picture, in pixels, not necessarily whole ones. */
export interface FaceBox {
	readonly x: number;
	readonly y: number;
	readonly width: number;
	readonly height: number;
}

/** A face that was found in a picture. */
export interface FoundFace {
	readonly box: FaceBox;
	/** 0..1: how sure the detector is. */
	readonly score: number;
	readonly eyes: Eyes;
	/** The centre of the mouth. */
	readonly mouth: Point;
}

/** For messages and `--box`: "414,177,313,313", whole pixels. */
export function boxText({ x, y, width, height }: FaceBox): string {
	return [x, y, width, height].map((side) => Math.max(0, Math.round(side))).join(',');
}

/** Degrees by which the line of the eyes is turned, clockwise as seen. Range: -180..180. */
export function rollDegrees({ left, right }: Eyes): number {
	return (Math.atan2(right.y - left.y, right.x - left.x) * 180) / Math.PI;
}
