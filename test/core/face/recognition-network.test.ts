import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import test from 'ava';
import { DataError } from '../../../src/core/errors.js';
import { alignFace } from '../../../src/core/face/align-face.js';
import { facePixels } from '../../../src/core/face/face-pixels.js';
import { findFace } from '../../../src/core/face/find-face.js';
import { recognitionNetwork } from '../../../src/core/face/recognition-network.js';
import { recognitionProgram } from '../../../src/core/face/recognition-program.js';
import { readRecognitionWeights } from '../../../src/core/face/recognition-weights.js';
import { readImage } from '../../../src/core/image/files.js';
import type { Image } from '../../../src/core/image/image.js';
import { runClearFloat } from '../../../src/core/nn/clear-float.js';
import { fromFixed } from '../../../src/core/nn/fixed-point.js';
import { samplePicture, sharedFaceApi } from '../../helpers/sample-faces.js';
import { temporaryFolder } from '../../helpers/temp-folder.js';
import { runOnShares } from '../nn/on-shares.js';

const network = recognitionNetwork(readRecognitionWeights());
const program = recognitionProgram(network);

async function sampleFace(number: number): Promise<Image> {
	const picture = await readImage(samplePicture(number));
	const search = { detector: 'ssd', largest: true } as const;
	return await alignFace(picture, await findFace(await sharedFaceApi(), picture, 'sample', search));
}

test('the graph gives the descriptor of face-api', async (t) => {
	const api = await sharedFaceApi();
	for (const number of [1, 3, 6]) {
		const face = await sampleFace(number);
		const expected = await api.describe(face);
		const got = runClearFloat(network, Float64Array.from(facePixels(face)));
		const error = got.reduce((most, value, i) => Math.max(most, Math.abs(value - expected[i])), 0);
		t.true(error < 1e-5, `sample ${number}: ${error}`);
	}
});

for (const secret of [false, true]) {
	test(`on shares, ${secret ? 'secret' : 'public'} weights give the descriptor but for rounding`, async (t) => {
		const face = await sampleFace(1);
		const expected = await (await sharedFaceApi()).describe(face);
		const { output, rounds, bytesByParty } = await runOnShares(program, Float64Array.from(facePixels(face)), {
			secret,
			arenaBytes: 400 * 1024 * 1024,
		});
		const distance = Math.hypot(...fromFixed(output, 10).map((value, i) => value - expected[i]));
		t.true(distance < 0.02, `${distance}`);
		t.true(rounds <= 340, `${rounds} rounds`);
		t.true(Math.max(...bytesByParty) <= (secret ? 20e6 : 16e6), `${bytesByParty} bytes`);
	});
}

test('weight files that are missing or cut off are refused', async (t) => {
	const folder = join(await temporaryFolder(t), 'model');
	t.is(t.throws(() => readRecognitionWeights(folder), { instanceOf: DataError })?.code, 'no-face-weights');
	await mkdir(folder);
	await writeFile(
		join(folder, 'face_recognition_model-weights_manifest.json'),
		'[{"weights":[{"name":"fc","shape":[2]}]}]',
	);
	await writeFile(join(folder, 'face_recognition_model.bin'), Buffer.alloc(7));
	t.throws(() => readRecognitionWeights(folder), { instanceOf: DataError });
	await writeFile(join(folder, 'face_recognition_model.bin'), Buffer.alloc(8));
	const cut = readRecognitionWeights(folder);
	t.throws(() => recognitionNetwork(cut), { instanceOf: DataError, message: /lack conv32_down/ });
});
