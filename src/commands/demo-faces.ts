import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { alignByEyes } from '../core/image/align.js';
import { readImage } from '../core/image/files.js';
import type { Channels, Image, Size } from '../core/image/image.js';
import { packagePath } from '../core/package-root.js';

/** The faces that come with veilcam, as they were taken, and as the oval of the capture page makes them. */
export interface DemoFaces {
	readonly asTaken: readonly Image[];
	/** Turned and scaled so that their eyes lie at one place: other faces average to a fog. */
	readonly aligned: readonly Image[];
}

export async function readFaces(shape: Size & { readonly channels: Channels }): Promise<DemoFaces> {
	const folder = packagePath('fixtures', 'pictures');
	const { faces }: { faces: Record<string, Record<'leftEye' | 'rightEye', [number, number]>> } = JSON.parse(
		readFileSync(join(folder, 'faces.json'), 'utf8'),
	);
	const asTaken = await Promise.all(
		Object.keys(faces).map((name) => readImage(join(folder, name), { channels: shape.channels })),
	);
	const aligned = Object.values(faces).map(({ leftEye, rightEye }, index) => {
		const [left, right] = [leftEye, rightEye].map(([x, y]) => ({ x, y }));
		return alignByEyes(asTaken[index], { left, right }, shape);
	});
	return { asTaken, aligned };
}

/** The plain mean of pictures of one shape, rounded. */
export function meanOf(images: readonly Image[]): Image {
	const [first] = images;
	const sums = new Float64Array(first.samples.length);
	for (const { samples } of images) for (let i = 0; i < sums.length; i++) sums[i] += samples[i];
	return { ...first, samples: Uint8Array.from(sums, (sum) => Math.round(sum / images.length)) };
}
