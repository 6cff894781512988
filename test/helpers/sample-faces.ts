import { dirname, join } from 'node:path';
import { alignFace } from '../../src/core/face/align-face.js';
import { type FaceApi, faceModelFolder, openFaceApi } from '../../src/core/face/face-api.js';
import type { FaceBox, FoundFace } from '../../src/core/face/found-face.js';
import { toRgb } from '../../src/core/image/colour.js';
import { readImage } from '../../src/core/image/files.js';
import { crop } from '../../src/core/image/geometry.js';
import type { Image } from '../../src/core/image/image.js';

/** Group pictures that face-api brings: sample1.jpg to sample6.jpg. */
export function samplePicture(number: number): string {
	return join(dirname(faceModelFolder()), 'demo', `sample${number}.jpg`);
}

let opened: Promise<FaceApi> | undefined;

/** One for all tests of a file: loading takes a while. */
export function sharedFaceApi(): Promise<FaceApi> {
	opened ??= openFaceApi();
	return opened;
}

/** A face of the group pictures, with the descriptor that face-api gives of it. */
export interface SampleFace {
	readonly name: string;
	readonly picture: Image;
	readonly face: FoundFace;
	readonly aligned: Image;
	readonly descriptor: Float32Array;
}

let described: Promise<readonly SampleFace[]> | undefined;

/** All faces of the group pictures: 22 different people. */
export function sampleFaces(): Promise<readonly SampleFace[]> {
	described ??= describeSamples();
	return described;
}

async function describeSamples(): Promise<readonly SampleFace[]> {
	const api = await sharedFaceApi();
	const all: SampleFace[] = [];
	for (const number of [1, 2, 3, 4, 5, 6]) {
		const group = toRgb(await readImage(samplePicture(number)));
		for (const [place, { box }] of (await api.find(group, 'ssd')).entries()) {
			const { picture, inside } = cutOut(group, box);
			const face = await api.findIn(picture, inside);
			const aligned = await alignFace(picture, face);
			const name = `sample${number}.jpg, face ${place + 1}`;
			all.push({ name, picture, face, aligned, descriptor: await api.describe(aligned) });
		}
	}
	return all;
}

/** A face and what is around it: a whole group picture takes a while, each time. */
function cutOut(group: Image, box: FaceBox): { readonly picture: Image; readonly inside: FaceBox } {
	const left = Math.max(0, Math.floor(box.x - box.width));
	const top = Math.max(0, Math.floor(box.y - box.height));
	const width = Math.min(group.width - left, Math.ceil(3 * box.width));
	const height = Math.min(group.height - top, Math.ceil(3 * box.height));
	return {
		picture: crop(group, { left, top, width, height }),
		inside: { ...box, x: box.x - left, y: box.y - top },
	};
}

/** Between two descriptors in the clear. */
export function distanceBetween(a: Float32Array, b: Float32Array): number {
	return Math.hypot(...a.map((value, i) => value - b[i]));
}
