import { join } from 'node:path';
import test from 'ava';
import { facePixels } from '../../../src/core/face/face-pixels.js';
import { recognitionNetwork } from '../../../src/core/face/recognition-network.js';
import { recognitionProgram } from '../../../src/core/face/recognition-program.js';
import { readRecognitionWeights } from '../../../src/core/face/recognition-weights.js';
import { toRgb } from '../../../src/core/image/colour.js';
import { readImage } from '../../../src/core/image/files.js';
import { resize } from '../../../src/core/image/geometry.js';
import type { Image } from '../../../src/core/image/image.js';
import { openFaceGallery } from '../../../src/services/client/face-gallery.js';
import {
	distancesAt,
	enrollPicture,
	matchAt,
	type SharedFace,
} from '../../../src/services/client/gallery-on-parties.js';
import { keepModel, listModels, removeModel, runKeptModel } from '../../../src/services/client/models-on-parties.js';
import { modelOfQuestion } from '../../../src/services/client/recognition-on-parties.js';
import { openParties } from '../../../src/services/client/run-on-parties.js';
import { createLocalParties } from '../../../src/services/party/local-parties.js';
import { galleryFile, partyFile } from '../../../src/services/party/party-config.js';
import { startParty } from '../../../src/services/party/start-party.js';
import { faces } from '../../helpers/fixtures.js';
import { world } from '../../helpers/party-services.js';
import { distanceBetween, sharedFaceApi } from '../../helpers/sample-faces.js';
import { temporaryFolder } from '../../helpers/temp-folder.js';

const [first, second] = ['a'.repeat(32), 'b'.repeat(32)];
const note = (): void => {};
const pixelsOf = (face: Image, model?: string): SharedFace => ({
	values: facePixels(face),
	from: 'picture',
	...(model === undefined ? {} : { model }),
});

test('a recognition network that is shared once describes faces by its id, and no other one compares with it', async (t) => {
	t.timeout(300_000);
	const folder = await temporaryFolder(t);
	const { configs, client: config } = await createLocalParties(folder, 0);
	const start = async (openDistances: boolean) => {
		const running = await Promise.all(
			configs.map((one) =>
				startParty(
					{ ...one, openDistances, modelFolder: join(folder, `party-${one.index}-models`) },
					{},
					{ file: galleryFile(partyFile(folder, one.index)) },
				),
			),
		);
		await Promise.all(running.map((party) => party.connected(60_000)));
		const client = await openParties(config, world);
		const close = async (): Promise<void> => {
			client.close();
			await Promise.all(running.map((party) => party.close()));
		};
		return { client, close, gallery: await openFaceGallery(client, folder, note) };
	};
	const side = { width: 150, height: 150 };
	const [ada, bob, door] = await Promise.all(
		faces.slice(0, 3).map(async (file) => resize(toRgb(await readImage(file)), side)),
	);
	const api = await sharedFaceApi();
	const [adaClear, bobClear, doorClear] = [await api.describe(ada), await api.describe(bob), await api.describe(door)];
	// a network of somebody's own: its distances are 0.8 times those of the public one
	const weights = new Map(readRecognitionWeights());
	weights.set('fc', weights.get('fc')?.map((value) => 0.8 * value) ?? new Float32Array(0));
	const program = recognitionProgram(recognitionNetwork(weights));

	const owner = await start(true);
	const empty = owner.gallery;
	t.is(empty.model, null);
	await t.throwsAsync(modelOfQuestion(owner.client, empty, true), { code: 'no-such-model', message: /keep no recog/ });
	await keepModel(owner.client, first, program);
	t.deepEqual(
		(await listModels(owner.client)).map(({ id, kind, parties }) => ({ id, kind, parties })),
		[{ id: first, kind: 'recognition', parties: 3 }],
	);
	await t.throwsAsync(keepModel(owner.client, second, program), { message: /kept here already: remove it first/ });
	t.is(await modelOfQuestion(owner.client, empty, true), first);
	for (const [name, face] of Object.entries({ ada, bob })) {
		await enrollPicture(owner.client, empty.known, pixelsOf(face, first), await empty.add(name));
	}
	const { distances } = await distancesAt(owner.client, empty.known, pixelsOf(door, first), [0, 1]);
	for (const [i, clear] of [adaClear, bobClear].entries()) {
		t.true(Math.abs(distances[i] - 0.8 * distanceBetween(doorClear, clear)) < 0.02, `${distances[i]}`);
	}
	await empty.refresh();
	await owner.close();

	// parties that were started again, and a client that has no weights
	const { client, close, gallery } = await start(false);
	t.is(gallery.model, first);
	t.is(await modelOfQuestion(client, gallery, true), first);
	const { matches } = await matchAt(client, gallery.known, pixelsOf(ada, first), { threshold: 0.1 });
	t.deepEqual([...matches], [1, 0]);
	await t.throwsAsync(modelOfQuestion(client, gallery, false), { code: 'models-differ', message: /private recog/ });
	for (const face of [pixelsOf(ada), { values: new Int32Array(128) }, pixelsOf(ada, second)]) {
		await t.throwsAsync(matchAt(client, gallery.known, face, { threshold: 0.1 }), {
			message: /another recognition network/,
		});
		await t.throwsAsync(enrollPicture(client, gallery.known, face, 'c'.repeat(32)), { message: /another recognition/ });
	}
	await t.throwsAsync(runKeptModel(client, first, program, facePixels(door)), { message: /opens no descriptors/ });
	t.deepEqual((await openFaceGallery(client, folder, note)).queries, [{ client: 2 }, { client: 2 }, { client: 2 }]);

	await removeModel(client, first);
	await t.throwsAsync(modelOfQuestion(client, gallery, true), { code: 'no-such-model' });
	await t.throwsAsync(matchAt(client, gallery.known, pixelsOf(ada, first), { threshold: 0.1 }), {
		message: /is not kept here/,
	});
	await keepModel(client, second, program);
	await t.throwsAsync(modelOfQuestion(client, gallery, true), {
		code: 'models-differ',
		message: /keep another one, b/,
	});
	t.is(await gallery.remove('ada'), 1);
	t.is(await gallery.remove('bob'), 1);
	t.is((await openFaceGallery(client, folder, note)).model, null);
	await close();
});
