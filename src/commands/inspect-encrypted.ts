import { decodeKeyHeader } from '../core/subtract/key-file.js';
import { readKeyFile } from '../core/subtract/key-store.js';
import { motionBytes } from '../core/subtract/motion/header.js';
import { openMotionFile } from '../core/subtract/motion/stream.js';
import { ciphertextCount } from '../core/subtract/parameters.js';
import type { ShuffleMark } from '../core/subtract/shuffle-mark.js';
import { openVctFile } from '../core/subtract/vct-files.js';
import { describeShape, toHex, vctBytes } from '../core/subtract/vct-header.js';
import { KEY_VERSION, MOTION_VERSION, VCT_VERSION } from '../core/subtract/versions.js';
import type { CommandResult } from './define-command.js';

/** A `.vct`, read to its end. Throws: DataError of `openVctFile` and of its records. */
export async function inspectVct(file: string): Promise<CommandResult> {
	const stream = await openVctFile(file);
	const { header } = stream;
	for await (const _record of stream.records());
	const ids = header.ids.map(toHex);
	const fields = {
		type: 'vct',
		version: VCT_VERSION,
		kind: header.kind,
		scheme: header.scheme,
		...header.shape,
		key: toHex(header.fingerprint),
		ids,
		ciphertexts: ciphertextCount(header.shape),
		bytes: vctBytes(header),
	};
	const what = header.kind === 'frame' ? 'encrypted picture' : 'encrypted difference A - B';
	const names = header.kind === 'frame' ? `id ${ids[0]}` : `A ${ids[0]}\nB ${ids[1]}`;
	const lines = [
		`${file}: ${what}, ${describeShape(header.shape)}, ${header.scheme}, version ${VCT_VERSION}`,
		`key ${fields.key}`,
		names,
		`${fields.ciphertexts} ciphertexts, ${fields.bytes} bytes, undamaged`,
	];
	return { fields, text: lines.join('\n') };
}

/** A `.motion`, read to its end. Throws: DataError of `openMotionFile` and of its records. */
export async function inspectMotion(file: string): Promise<CommandResult> {
	const { header, plan, records } = await openMotionFile(file);
	for await (const _record of records());
	const { kind, shape, block, fingerprint } = header;
	const ids = header.ids.map(toHex);
	const bytes = motionBytes(kind, plan);
	const blocks = `${block.width}x${block.height}`;
	const what = kind === 'frame' ? 'picture encrypted for motion' : 'encrypted scores of A and B';
	const lines = [
		`${file}: ${what}, ${describeShape(shape)}, blocks of ${blocks}, version ${MOTION_VERSION}`,
		`key ${toHex(fingerprint)}`,
		kind === 'frame' ? `id ${ids[0]}` : `A ${ids[0]}\nB ${ids[1]}`,
		`${bytes} bytes, undamaged`,
	];
	const fields = {
		type: 'motion',
		version: MOTION_VERSION,
		kind,
		...shape,
		blocks,
		key: toHex(fingerprint),
		ids,
		bytes,
	};
	return { fields, text: lines.join('\n') };
}

/** A key, without what is secret of it. Throws: DataError. */
export async function inspectKey(file: string): Promise<CommandResult> {
	const { kind, locked, fingerprint } = decodeKeyHeader(await readKeyFile(file), file);
	const fields = { type: 'key', version: KEY_VERSION, kind, locked, fingerprint: toHex(fingerprint) };
	const lock = kind === 'public' ? '' : locked ? ', locked by a passphrase' : ', not locked';
	return { fields, text: `${file}: ${kind} key${lock}, version ${KEY_VERSION}\nfingerprint ${fields.fingerprint}` };
}

/** A shuffled picture, by the mark that veilcam left. */
export function inspectShuffled(file: string, { kind, block }: ShuffleMark): CommandResult {
	const blocks = block === null ? null : `${block.width}x${block.height}`;
	const what = kind === 'frame' ? 'shuffled picture' : 'difference A - B of shuffled pictures';
	const where = blocks === null ? 'over the whole picture' : `inside blocks of ${blocks}`;
	return { fields: { type: 'shuffled', kind, blocks }, text: `${file}: ${what}, ${where}; not encrypted` };
}
