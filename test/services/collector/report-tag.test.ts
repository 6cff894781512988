import { createCipheriv, createHash } from 'node:crypto';
import test from 'ava';
import { reportTag } from '../../../src/services/collector/report-tag.js';

const hex = (text: string): Uint8Array => Uint8Array.from(Buffer.from(text, 'hex'));

/** GHASH and GMAC by their definitions, bit by bit, on an AES that is given as the two blocks it is asked for. */
function multiply(x: bigint, y: bigint): bigint {
	let z = 0n;
	let v = y;
	for (let bit = 127n; bit >= 0n; bit--) {
		if ((x >> bit) & 1n) z ^= v;
		v = v & 1n ? (v >> 1n) ^ (0xe1n << 120n) : v >> 1n;
	}
	return z;
}

function ghash(h: bigint, blocks: readonly bigint[]): bigint {
	return blocks.reduce((y, block) => multiply(y ^ block, h), 0n);
}

test('GHASH written down for this test agrees with test case 2 of the GCM specification', (t) => {
	// McGrew, Viega: The Galois/Counter Mode of Operation, appendix B, test case 2
	const h = 0x66e94bd4ef8a2c3b884cfa59ca342b2en;
	const y = ghash(h, [0x0388dace60b6a392f328c2b971b2fe78n, 0x80n]);
	t.is(y, 0xf38cbb1ad69223dcc3457ae5b6b0f885n);
});

test('the tag is GMAC under a 128-bit nonce, by the definition', (t) => {
	const key = hex('feffe9928665731c6d6a8f9467308308');
	const id = hex('cafebabefacedbaddecaf888cafebabe');
	const block = (bytes: Uint8Array): bigint => {
		const cipher = createCipheriv('aes-128-ecb', key, null).setAutoPadding(false);
		return BigInt(`0x${cipher.update(bytes).toString('hex')}`);
	};
	const toBlock = (value: bigint): Uint8Array => hex(value.toString(16).padStart(32, '0'));
	for (const length of [0, 1, 15, 16, 17, 100, 9600]) {
		const body = Uint8Array.from({ length }, (_, i) => (i * 7 + length) & 255);
		const h = block(new Uint8Array(16));
		const nonce = BigInt(`0x${Buffer.from(id).toString('hex')}`);
		const j0 = ghash(h, [nonce, 128n]);
		const padded = Buffer.concat([body, new Uint8Array((16 - (length % 16)) % 16)]).toString('hex');
		const blocks = (padded.match(/.{32}/g) ?? []).map((text) => BigInt(`0x${text}`));
		const s = ghash(h, [...blocks, BigInt(length * 8) << 64n]);
		const expected = (s ^ block(toBlock(j0))).toString(16).padStart(32, '0');
		t.is(Buffer.from(reportTag(key, id, body)).toString('hex'), expected, `${length} bytes`);
	}
});

test('key, id and every byte of the report count', (t) => {
	const [key, id, body] = [new Uint8Array(16), new Uint8Array(16), new Uint8Array(100)];
	const tags = [
		reportTag(key, id, body),
		reportTag(key.slice().fill(1, 15), id, body),
		reportTag(key, id.slice().fill(1, 0, 1), body),
	];
	for (let i = 0; i < 100; i++) tags.push(reportTag(key, id, body.slice().fill(1, i, i + 1)));
	tags.push(reportTag(key, id, body.subarray(1)));
	t.is(new Set(tags.map((tag) => createHash('sha256').update(tag).digest('hex'))).size, tags.length);
});
