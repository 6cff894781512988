import test from 'ava';
import { alignFace } from '../../../src/core/face/align-face.js';
import { facePixels } from '../../../src/core/face/face-pixels.js';
import { fixedDescriptor } from '../../../src/core/face/fixed-match.js';
import type { FaceBox } from '../../../src/core/face/found-face.js';
import { decodeImage } from '../../../src/core/image/decode.js';
import { encodeJpeg } from '../../../src/core/image/encode.js';
import { resize } from '../../../src/core/image/geometry.js';
import type { Image } from '../../../src/core/image/image.js';
import { bestAt, enrollOnParties, matchAt } from '../../../src/services/client/gallery-on-parties.js';
import { openParties } from '../../../src/services/client/run-on-parties.js';
import { startThree, world } from '../../helpers/party-services.js';
import { distanceBetween, type SampleFace, sampleFaces, sharedFaceApi } from '../../helpers/sample-faces.js';

const THRESHOLD = 0.6;
/** So near to the threshold a decision may differ: the descriptor on shares is that far from the clear one. */
const UNSURE = 0.02;
const SMALLER = 0.6;

interface Variant {
	readonly make: (picture: Image) => Image | Promise<Image>;
	/** Where the face lies then. */
	readonly place: (box: FaceBox, picture: Image) => FaceBox;
}

const inPlace = (box: FaceBox): FaceBox => box;
const variants: Readonly<Record<string, Variant>> = {
	resized: {
		make: (picture) =>
			resize(picture, { width: Math.round(SMALLER * picture.width), height: Math.round(SMALLER * picture.height) }),
		place: ({ x, y, width, height }) => ({
			x: SMALLER * x,
			y: SMALLER * y,
			width: SMALLER * width,
			height: SMALLER * height,
		}),
	},
	brightened: {
		make: (picture) => ({ ...picture, samples: picture.samples.map((sample) => Math.min(255, 1.4 * sample + 10)) }),
		place: inPlace,
	},
	recompressed: { make: async (picture) => decodeImage(await encodeJpeg(picture, 30), 'picture'), place: inPlace },
	mirrored: { make: mirrored, place: (box, picture) => ({ ...box, x: picture.width - box.x - box.width }) },
};

function mirrored(picture: Image): Image {
	const { width, channels, samples } = picture;
	return {
		...picture,
		samples: samples.map((_sample, at) => {
			const pixel = Math.floor(at / channels);
			const column = pixel % width;
			return samples[(pixel + width - 1 - 2 * column) * channels + (at % channels)];
		}),
	};
}

for (const [how, { make, place }] of Object.entries(variants)) {
	test.serial(`a face that is ${how} is nearer to itself than 0.6`, async (t) => {
		t.timeout(300_000);
		const api = await sharedFaceApi();
		let made: { readonly of: Image; readonly picture: Image } | undefined;
		for (const { name, picture, face, descriptor } of await sampleFaces()) {
			if (made?.of !== picture) made = { of: picture, picture: await make(picture) };
			const found = await api.findIn(made.picture, place(face.box, picture));
			const distance = distanceBetween(descriptor, await api.describe(await alignFace(made.picture, found)));
			t.true(distance < THRESHOLD, `${name}: ${distance}`);
			t.true(distance > 0.001, `${name}: nothing was changed`);
		}
	});
}

test.serial(
	'for all pairs of faces the decision on shares is the clear one, but at the threshold itself',
	async (t) => {
		t.timeout(300_000);
		const all = await sampleFaces();
		t.is(all.length, 22);
		const { client: config } = await startThree(t);
		const client = await openParties(config, world);
		t.teardown(() => client.close());
		const templates = new Int32Array(all.length * 128);
		for (const [i, { descriptor, name }] of all.entries()) templates.set(fixedDescriptor(descriptor, name), 128 * i);
		await enrollOnParties(
			client,
			0,
			templates,
			all.map((_face, i) => i.toString(16).padStart(32, '0')),
		);
		const known = { templates: all.length };
		let sure = 0;
		const compare = (probe: SampleFace, matches: Uint8Array): void => {
			for (const [i, template] of all.entries()) {
				const distance = distanceBetween(probe.descriptor, template.descriptor);
				if (Math.abs(distance - THRESHOLD) < UNSURE) continue;
				sure++;
				t.is(matches[i] === 1, distance < THRESHOLD, `${probe.name} and ${template.name}: ${distance}`);
			}
		};
		for (const probe of all) {
			const shared = { values: fixedDescriptor(probe.descriptor, probe.name) };
			const { matches } = await matchAt(client, known, shared, { threshold: THRESHOLD });
			compare(probe, matches);
		}
		t.true(sure > 440, `${sure} of ${all.length ** 2} are sure`);
		// the parties describe the face themselves: the least certain ones, for it takes a while
		for (const probe of all.toSorted((a, b) => nearestStranger(a, all) - nearestStranger(b, all)).slice(0, 3)) {
			const shared = { values: facePixels(probe.aligned), from: 'picture' as const };
			const { matches } = await matchAt(client, known, shared, { threshold: THRESHOLD });
			compare(probe, matches);
			t.is((await bestAt(client, known, shared, THRESHOLD)).place, all.indexOf(probe));
		}
	},
);

function nearestStranger(face: SampleFace, all: readonly SampleFace[]): number {
	const others = all.filter((other) => other !== face);
	return Math.min(...others.map((other) => Math.abs(distanceBetween(face.descriptor, other.descriptor) - THRESHOLD)));
}
