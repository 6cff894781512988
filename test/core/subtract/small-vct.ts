import type { Image } from '../../../src/core/image/image.js';
import { openBfv } from '../../../src/core/subtract/bfv.js';
import { createRecordSubtractor, subtractStreams } from '../../../src/core/subtract/difference.js';
import { createEnginePool, type EnginePool } from '../../../src/core/subtract/engine-pool.js';
import { encryptFrame, type SealedFrame } from '../../../src/core/subtract/frames.js';
import { keyFingerprint } from '../../../src/core/subtract/key-file.js';
import type { Scheme } from '../../../src/core/subtract/records.js';
import type { VctHeader } from '../../../src/core/subtract/vct-header.js';
import { openVct, type VctStream, writeVct } from '../../../src/core/subtract/vct-stream.js';
import { seededBytes } from '../../helpers/seeded-bytes.js';
import { seededRandom } from '../average/keystream.js';

/** One key with what encrypts and decrypts under it. */
export interface Owner {
	readonly fingerprint: Uint8Array;
	readonly scheme: Scheme;
	/** Words of its secret key. */
	readonly secret: Uint8Array;
	readonly encryptor: EnginePool;
	readonly decryptor: EnginePool;
	encrypt(image: Image): Promise<SealedFrame>;
	close(): Promise<void>;
}

let frames = 0;

export async function makeOwner(scheme: Scheme, threads = 1): Promise<Owner> {
	const bfv = await openBfv();
	const { secret, publicKey } = bfv.createKeys();
	bfv.close();
	const fingerprint = keyFingerprint(publicKey);
	const decryptor = await createEnginePool({ kind: 'secret', secret }, threads);
	const encryptor = scheme === 'symmetric' ? decryptor : await createEnginePool({ kind: 'public', publicKey }, threads);
	return {
		fingerprint,
		scheme,
		secret,
		encryptor,
		decryptor,
		encrypt: (image) => encryptFrame(image, { scheme, fingerprint, random: seededRandom(++frames) }, encryptor),
		async close() {
			await decryptor.close();
			if (encryptor !== decryptor) await encryptor.close();
		},
	};
}

export function picture(width: number, height: number, channels: 1 | 3, sample: (i: number) => number): Image {
	return {
		width,
		height,
		channels,
		samples: Uint8Array.from({ length: width * height * channels }, (_, i) => sample(i)),
	};
}

export function noise(seed: number, width: number, height: number, channels: 1 | 3): Image {
	return { width, height, channels, samples: seededBytes(seed, width * height * channels) };
}

export async function bytesOf(
	header: VctHeader,
	records: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
): Promise<Uint8Array> {
	const pieces: Uint8Array[] = [];
	for await (const piece of writeVct(header, records)) pieces.push(piece);
	return Uint8Array.from(Buffer.concat(pieces));
}

export async function* inOnePiece(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
	yield bytes;
}

export function open(bytes: Uint8Array, name = 'x.vct'): Promise<VctStream> {
	return openVct(inOnePiece(bytes), name);
}

export async function fileOf({ header, records }: SealedFrame): Promise<Uint8Array> {
	return await bytesOf(header, records);
}

/** What a server makes of two files. */
export async function subtractFiles(a: Uint8Array, b: Uint8Array): Promise<Uint8Array> {
	const subtractor = await createRecordSubtractor();
	const { header, records } = await subtractStreams(await open(a, 'a.vct'), await open(b, 'b.vct'), subtractor);
	return await bytesOf(header, records);
}
