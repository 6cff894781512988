import test from 'ava';
import { privacyPanel } from '../../src/commands/privacy-panel.js';
import type { MechanismParameters, SessionParameters } from '../../src/core/average/session.js';
import type { Image } from '../../src/core/image/image.js';
import { seededRandom } from '../core/average/keystream.js';

const PICTURE: Image = {
	width: 48,
	height: 40,
	channels: 1,
	samples: Uint8Array.from({ length: 48 * 40 }, (_, i) => (i % 48 < 20 ? 30 : 220)),
};

function panelOf(mechanism: MechanismParameters, pictureCount = 1) {
	const session: SessionParameters = { name: 'room', width: 48, height: 40, channels: 1, minBatch: 20, mechanism };
	return privacyPanel(session, PICTURE, pictureCount, seededRandom(7));
}

const budget = { epsilon: 4, delta: 1e-6 };

for (const [mechanism, own] of [
	[{ kind: 'one-bit', epsilon: 2 }, 0],
	[{ kind: 'gaussian', sigma: 100, delta: 1e-6 }, 0],
	[{ kind: 'shares', bits: 8, budget: null }, 1],
	[{ kind: 'shares', bits: 1, budget, picturesPerPerson: 3 }, 1],
] as const) {
	test(`noise and shares stand side by side, tried on the picture: ${JSON.stringify(mechanism)}`, async (t) => {
		const { fields, text, pictures, worldPictures } = await panelOf(mechanism);
		const [noise, shares] = fields.worlds;
		t.deepEqual([noise.world, shares.world], ['noise', 'shares']);
		t.deepEqual([noise.ofSession, shares.ofSession], [own === 0, own === 1]);
		t.deepEqual([noise.twoReceiversSee, shares.twoReceiversSee], ['no more', 'the picture']);
		t.deepEqual(fields.reconstruction, fields.worlds[own].reconstruction);
		// uniform bits tell no more than a picture of one gray level, whose distance is the deviation of the picture's own
		const flat = 20 * Math.log10(255 / deviationOf(PICTURE.samples));
		t.true(Math.abs(Number(shares.reconstruction.psnr) - flat) < 1, `${shares.reconstruction.psnr} ${flat}`);
		t.true(Number(noise.reconstruction.psnr) > flat + 4, String(noise.reconstruction.psnr));
		for (const image of [...pictures, ...worldPictures]) t.is(image.samples.length, PICTURE.samples.length);
		t.deepEqual(pictures[3].samples, worldPictures[2 - own].samples);

		const releases = { unit: 'person', picturesPerPerson: 3, cumulative: { epsilon: 4, delta: 1e-6 } } as const;
		if ('budget' in mechanism && mechanism.budget !== null) t.like(fields.releases, releases);
		else t.is(fields.releases, 'budget' in mechanism ? null : undefined);

		const lines = text.split('\n');
		const at = lines.findIndex((line) => line.includes('THIS SESSION'));
		t.is(lines[at].indexOf('THIS SESSION') > 40, own === 1, 'under the name of its way to hide');
		const table = lines.slice(
			at - 1,
			lines.findIndex((line) => line.includes('The guesses are')),
		);
		t.is(table.length, 7);
		for (const line of table) t.true(line.length <= 78, line);
		t.true(table.some((line) => /no more +THE PICTURE ITSELF/.test(line)));
	});
}

test('who sends several pictures is told that a session protects each by itself', async (t) => {
	const mechanism = { kind: 'shares', bits: 8, budget } as const;
	t.regex(
		(await panelOf(mechanism)).text,
		/^ {2}Sums get noise that hides your picture: all together within epsilon 4/m,
	);
	t.regex((await panelOf(mechanism, 40)).text, /^ {2}Sums get noise that hides each of your pictures by itself: /m);
});

function deviationOf(samples: Uint8Array): number {
	const mean = samples.reduce((sum, x) => sum + x, 0) / samples.length;
	return Math.sqrt(samples.reduce((sum, x) => sum + (x - mean) ** 2, 0) / samples.length);
}
