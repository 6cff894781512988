import { createCipheriv, hkdfSync } from 'node:crypto';
import test from 'ava';
import { createReportSeed } from '../../../src/services/client/report-seed.js';

const SECRET = new Uint8Array(32).map((_, i) => 7 * i + 1);

/** What Node's own HKDF makes of the secret. */
function derived(label: string, reportNumber: number): Buffer {
	return Buffer.from(hkdfSync('sha256', SECRET, new Uint8Array(0), `veilcam report ${label} ${reportNumber}`, 16));
}

test('ids and keys of noise are those of HKDF-SHA-256, whatever the number of the report', (t) => {
	const seed = createReportSeed(SECRET);
	for (const number of [0, 1, 9, 10, 4_294_967_296]) {
		t.is(seed.idOf(number), derived('id', number).toString('hex'));
		const noise = new Uint8Array(100);
		seed.noiseOf(number).fillInto(noise);
		const keystream = createCipheriv('aes-128-ctr', derived('noise', number), new Uint8Array(16));
		t.deepEqual(noise, new Uint8Array(keystream.update(new Uint8Array(100))));
	}
});

test('ids of one person begin with the person, and go on as they would', (t) => {
	const person = Uint8Array.of(1, 2, 3, 4);
	const id = createReportSeed(SECRET, person).idOf(5);
	t.is(id, `01020304${createReportSeed(SECRET).idOf(5).slice(8)}`);
});
