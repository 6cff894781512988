import { DataError } from '../core/errors.js';
import type { ShuffleMark } from '../core/subtract/shuffle-mark.js';
import { type CommandResult, defineCommand } from './define-command.js';
import { readHead } from './file-head.js';
import { shuffleMark } from './shuffled.js';

export const inspect = defineCommand({
	name: 'inspect',
	summary: 'Say what a file of veilcam is, without its secrets',
	epilogue:
		'Encrypted pictures and differences, shuffled ones, keys, stores of a collector. Of an encrypted picture the whole file is read and ' +
		'its checksum compared; a checksum finds accidents, only the tags that decrypt verifies find a cheat.',
	positionals: [{ name: 'file', describe: 'File to look at' }],
	options: {},
	examples: [
		{ line: 'inspect owner.key', says: 'Kind and fingerprint of a key' },
		{ line: 'inspect a.vct', says: 'Size, key and id of an encrypted picture' },
	],
	async run(_options, [file]) {
		const head = (await readHead(file, 16)).toString('latin1');
		if (head.startsWith('veil-vct')) return await inspectVct(file);
		if (head.startsWith('veil-mot')) return await inspectMotion(file);
		if (head.startsWith('veil-key')) return await inspectKey(file);
		if (head.startsWith('SQLite format 3')) return await inspectStore(file);
		const mark = await shuffleMark(file);
		if (mark !== null) return inspectShuffled(file, mark);
		throw new DataError('unknown-file', `${file}: is no file that veilcam knows`, {
			hint: 'It knows .vct, .motion, .key and .pub files, shuffled pictures, and stores of veilcam collect.',
		});
	},
});

async function inspectVct(file: string): Promise<CommandResult> {
	const [{ openVctFile }, { describeShape, toHex, VCT_VERSION, vctBytes }, { ciphertextCount }] = await Promise.all([
		import('../core/subtract/vct-files.js'),
		import('../core/subtract/vct-header.js'),
		import('../core/subtract/parameters.js'),
	]);
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

async function inspectMotion(file: string): Promise<CommandResult> {
	const [{ openMotionFile }, { MOTION_VERSION, motionBytes }, { describeShape, toHex }] = await Promise.all([
		import('../core/subtract/motion/stream.js'),
		import('../core/subtract/motion/header.js'),
		import('../core/subtract/vct-header.js'),
	]);
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

async function inspectKey(file: string): Promise<CommandResult> {
	const [{ decodeKeyHeader, KEY_VERSION }, { readKeyFile }, { toHex }] = await Promise.all([
		import('../core/subtract/key-file.js'),
		import('../core/subtract/key-store.js'),
		import('../core/subtract/vct-header.js'),
	]);
	const { kind, locked, fingerprint } = decodeKeyHeader(await readKeyFile(file), file);
	const fields = { type: 'key', version: KEY_VERSION, kind, locked, fingerprint: toHex(fingerprint) };
	const lock = kind === 'public' ? '' : locked ? ', locked by a passphrase' : ', not locked';
	return { fields, text: `${file}: ${kind} key${lock}, version ${KEY_VERSION}\nfingerprint ${fields.fingerprint}` };
}

function inspectShuffled(file: string, { kind, block }: ShuffleMark): CommandResult {
	const blocks = block === null ? null : `${block.width}x${block.height}`;
	const what = kind === 'frame' ? 'shuffled picture' : 'difference A - B of shuffled pictures';
	const where = blocks === null ? 'over the whole picture' : `inside blocks of ${blocks}`;
	return { fields: { type: 'shuffled', kind, blocks }, text: `${file}: ${what}, ${where}; not encrypted` };
}

async function inspectStore(file: string): Promise<CommandResult> {
	const { readStore } = await import('../services/collector/store.js');
	const { session, count, release } = readStore(file);
	const fields = { type: 'store', session, count, releasedCount: release?.count ?? 0 };
	const { name, width, height, channels, mechanism } = session;
	const shape = `${width}x${height} ${channels === 1 ? 'gray' : 'rgb'}`;
	return { fields, text: `${file}: store of session ${name}, ${shape}, ${mechanism.kind}, ${count} reports` };
}
