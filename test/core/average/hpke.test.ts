import { readFile } from 'node:fs/promises';
import test from 'ava';
import { deriveScalar, setupRecipient, setupSender } from '../../../src/core/average/hpke.js';
import { openShare, SEAL_BYTES, sealShare } from '../../../src/core/average/sealed-share.js';
import { DataError } from '../../../src/core/errors.js';
import { selfSignedIdentity } from '../../../src/services/self-signed.js';
import { keyPairOf, uploadKeyOf } from '../../../src/services/shares/upload-key.js';
import { temporaryFolder } from '../../helpers/temp-folder.js';

const { subtle } = crypto;
const PLACE = { session: 'room', id: 'ab'.repeat(16), party: 1 };

interface Vectors {
	readonly setup: Readonly<Record<string, string>>;
	readonly encryption: Readonly<Record<string, string>>;
	readonly exports: readonly { exporter_context: string; L: number; exported_value: string }[];
}

/** As RFC 9180 prints them. */
async function readVectors(): Promise<Vectors> {
	return JSON.parse(await readFile(new URL('../../../../fixtures/vectors/hpke-p256.json', import.meta.url), 'utf8'));
}

function bytes(hex: string): Uint8Array<ArrayBuffer> {
	return new Uint8Array(Buffer.from(hex, 'hex'));
}

function hex(value: Uint8Array): string {
	return Buffer.from(value).toString('hex');
}

test('keys derived, sealed bytes, opened bytes and exported secrets are those of RFC 9180', async (t) => {
	const { setup, encryption, exports } = await readVectors();
	for (const [ikm, scalar, point] of [
		['ikmE', 'skEm', 'pkEm'],
		['ikmR', 'skRm', 'pkRm'],
	]) {
		t.is(hex(await deriveScalar(subtle, bytes(setup[ikm]))), setup[scalar]);
		t.is(hex((await keyPairOf(bytes(setup[scalar]))).publicKey), setup[point]);
	}
	const info = bytes(setup.info);
	const ephemeral = await keyPairOf(bytes(setup.skEm));
	const sender = await setupSender(subtle, bytes(setup.pkRm), info, ephemeral);
	t.is(hex(sender.encapsulated), setup.enc);
	const { aad, pt, ct } = encryption;
	t.is(hex(await sender.context.seal(bytes(aad), bytes(pt))), ct);
	const recipient = await setupRecipient(subtle, bytes(setup.enc), await keyPairOf(bytes(setup.skRm)), info);
	t.is(hex(await recipient.open(bytes(aad), bytes(ct))), pt);
	t.is(exports.length, 3);
	for (const { exporter_context, L, exported_value } of exports) {
		t.is(hex(await sender.context.exportSecret(bytes(exporter_context), L)), exported_value);
		t.is(hex(await recipient.exportSecret(bytes(exporter_context), L)), exported_value);
	}
});

async function freshKey(t: Parameters<typeof temporaryFolder>[0]) {
	const { keyPem } = await selfSignedIdentity(`${await temporaryFolder(t)}/tls.pem`, ['localhost'], new Date());
	return { keyPem, key: await uploadKeyOf(keyPem) };
}

test('a sealed share opens at its party, and both sides have one receipt', async (t) => {
	const { key, keyPem } = await freshKey(t);
	const body = Uint8Array.from({ length: 1000 }, (_, i) => i);
	const { sealed, receipt } = await sealShare(subtle, key.publicKey, PLACE, body);
	t.is(sealed.length, body.length + SEAL_BYTES);
	t.regex(receipt, /^[0-9a-f]{32}$/);
	// the key is the same after a restart
	const opened = await openShare(subtle, await uploadKeyOf(keyPem), PLACE, sealed);
	t.deepEqual(opened, { body, receipt });
	const again = await sealShare(subtle, key.publicKey, PLACE, body);
	t.notDeepEqual(again.sealed, sealed);
	t.not(again.receipt, receipt);
});

test('a share opens for no other party, session, picture or key, and not when a bit was changed', async (t) => {
	const { key } = await freshKey(t);
	const { sealed } = await sealShare(subtle, key.publicKey, PLACE, new Uint8Array(40));
	const refused = (own: typeof key, place: typeof PLACE, what: Uint8Array<ArrayBuffer>) =>
		t.throwsAsync(openShare(subtle, own, place, what), { instanceOf: DataError });
	await refused(key, { ...PLACE, party: 2 }, sealed);
	await refused(key, { ...PLACE, session: 'hall' }, sealed);
	await refused(key, { ...PLACE, id: 'cd'.repeat(16) }, sealed);
	await refused((await freshKey(t)).key, PLACE, sealed);
	for (const at of [0, 1, 40, 64, 65, 90, sealed.length - 1]) {
		const changed = sealed.slice();
		changed[at] ^= 1;
		await refused(key, PLACE, changed);
	}
	for (const length of [0, 1, 64, 65, 80]) await refused(key, PLACE, sealed.slice(0, length));
});
