import test from 'ava';
import { fixedDescriptor, squaredDistances } from '../../../src/core/face/fixed-match.js';
import { RING_32 } from '../../../src/core/mpc/ring.js';
import { seededNumbers } from '../../../src/core/nn/seeded-numbers.js';
import { bestOnParties, enrollOnParties, matchOnParties } from '../../../src/services/client/gallery-on-parties.js';
import { openParties } from '../../../src/services/client/run-on-parties.js';
import {
	decodeGalleryProgram,
	encodeGalleryProgram,
	MAX_ENROLLED_AT_ONCE,
	MAX_TEMPLATES,
} from '../../../src/services/party/gallery-program.js';
import { createLocalParties } from '../../../src/services/party/local-parties.js';
import { startParty } from '../../../src/services/party/start-party.js';
import { seededRandom } from '../../core/average/keystream.js';
import { temporaryFolder } from '../../helpers/temp-folder.js';

const LENGTH = 128;
const world = { random: seededRandom(1), nowMs: () => performance.now(), signal: new AbortController().signal };

/** Faces of which the first are about as far from the probe as the threshold. */
function faces(count: number) {
	const numbers = seededNumbers(21);
	const vector = (near: Float64Array, away: number) => near.map((value) => value + numbers.nextWithin(away));
	const probe = vector(new Float64Array(LENGTH), 0.2);
	const templates = new Int32Array(count * LENGTH);
	for (let i = 0; i < count; i++) {
		const face = i < 20 ? vector(probe, 0.06 + i / 300) : vector(new Float64Array(LENGTH), 0.2);
		templates.set(fixedDescriptor(face, 'face'), ((7 * i) % count) * LENGTH);
	}
	return { probe: fixedDescriptor(probe, 'probe'), templates };
}

test('templates stay with the parties over TLS: bits and the best are those in the clear, in 7 rounds', async (t) => {
	const { configs, client: config } = await createLocalParties(await temporaryFolder(t), 0);
	const running = await Promise.all(configs.map((one) => startParty(one)));
	t.teardown(() => Promise.all(running.map((party) => party.close())));
	await Promise.all(running.map((party) => party.connected(60_000)));
	const client = await openParties(config, world);
	t.teardown(() => client.close());

	const { probe, templates } = faces(300);
	t.is(await enrollOnParties(client, 0, templates.subarray(0, 200 * LENGTH)), 200);
	t.is(await enrollOnParties(client, 200, templates.subarray(200 * LENGTH)), 300);
	const distances = squaredDistances(probe, templates);
	const inClear = [...distances].map((distance) => Number(Math.sqrt(distance) / 1024 < 0.6));
	t.true(inClear.includes(1) && inClear.filter((bit) => bit === 1).length < 20);

	const { matches, rounds, bytesSent } = await matchOnParties(client, 300, probe, 0.6);
	t.deepEqual([...matches], inClear);
	t.is(rounds, 7);
	t.true(bytesSent.every((bytes) => bytes > 0));
	const nearest = distances.indexOf(distances.reduce((least, distance) => Math.min(least, distance)));
	t.is((await bestOnParties(client, 300, probe, 0.6)).place, nearest);
	t.is((await bestOnParties(client, 300, probe, 0.01)).place, undefined);

	const job = { ring: RING_32, input: probe, weights: new Int32Array(0), privateWeights: false };
	const done = running.map((party) => party.status().jobsDone);
	await t.throwsAsync(matchOnParties(client, 299, probe, 0.6), { message: /party 0.* holds 300 templates/ });
	await t.throwsAsync(enrollOnParties(client, 0, templates.subarray(0, LENGTH)), { message: /holds 300/ });
	await t.throwsAsync(client.runJob({ ...job, program: '{"gallery":{"kind":"matches","templates":300}}' }), {
		message: /threshold/,
	});
	t.deepEqual([...(await matchOnParties(client, 300, probe, 0.6)).matches], inClear);
	t.deepEqual(
		running.map((party) => party.status().jobsDone),
		done.map((count) => count + 1),
	);
});

test('a gallery program comes back as it was written, and a field that it may not have is named', (t) => {
	for (const program of [
		{ kind: 'enroll', templates: 5, count: MAX_ENROLLED_AT_ONCE },
		{ kind: 'matches', templates: MAX_TEMPLATES, threshold: 377_488 },
		{ kind: 'best', templates: 1, threshold: 1 },
	] as const) {
		t.deepEqual(decodeGalleryProgram(encodeGalleryProgram(program)), program);
	}
	t.is(decodeGalleryProgram('{"graph":{}}'), undefined);
	const wrong: Record<string, RegExp> = {
		'{"kind":"enroll","templates":0,"count":0}': /count/,
		'{"kind":"enroll","templates":0,"count":4097}': /count/,
		'{"kind":"enroll","templates":1048576,"count":1}': /count/,
		'{"kind":"enroll","templates":-1,"count":1}': /templates/,
		'{"kind":"matches","templates":1.5,"threshold":3}': /templates/,
		'{"kind":"best","templates":0,"threshold":3}': /templates/,
		'{"kind":"best","templates":9,"threshold":16777216}': /threshold/,
		'{"kind":"best","templates":9,"threshold":"3"}': /threshold/,
		'{"kind":"nearest","templates":1}': /enroll, matches, best/,
		null: /templates/,
		'{"kind"': /not one/,
	};
	for (const [text, message] of Object.entries(wrong)) {
		t.throws(() => decodeGalleryProgram(`{"gallery":${text}}`), { code: 'bad-program', message }, text);
	}
});
