import { dirname, join } from 'node:path';
import { type FaceApi, faceModelFolder, openFaceApi } from '../../src/core/face/face-api.js';

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
