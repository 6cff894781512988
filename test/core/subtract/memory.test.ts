import { createWriteStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import test from 'ava';
import { ciphertextCount, type PictureShape } from '../../../src/core/subtract/parameters.js';
import { SYMMETRIC_FRAME } from '../../../src/core/subtract/records.js';
import { writeVct } from '../../../src/core/subtract/vct-stream.js';
import { cliPath, startProgram } from '../../helpers/run-cli.js';
import { seededBytes } from '../../helpers/seeded-bytes.js';
import { temporaryFolder } from '../../helpers/temp-folder.js';

/** Tells the largest memory that the process ever held, in kilobytes. */
const TELL_MEMORY = `data:text/javascript,process.on('exit',()=>console.error('maxRSS='+process.resourceUsage().maxRSS))`;

/** A frame that a server cannot tell from an encrypted one: it knows no key either. */
async function writeFrame(path: string, shape: PictureShape, seed: number): Promise<void> {
	function* records(): Generator<Uint8Array> {
		for (let i = 0; i < ciphertextCount(shape); i++) {
			const record = new Uint8Array(SYMMETRIC_FRAME.bytes);
			record.set(seededBytes(seed * 10_000 + i, 64));
			yield record;
		}
	}
	const id = seededBytes(seed, 16);
	const header = { kind: 'frame', scheme: 'symmetric', shape, fingerprint: seededBytes(1, 16), ids: [id] } as const;
	await pipeline(writeVct(header, records()), createWriteStream(path));
}

test('subtracting two 4K pictures takes hardly more memory than subtracting two pixels', async (t) => {
	const cwd = await temporaryFolder(t);
	const peakKilobytes = async (shape: PictureShape): Promise<number> => {
		await writeFrame(join(cwd, 'a.vct'), shape, 1);
		await writeFrame(join(cwd, 'b.vct'), shape, 2);
		const args = ['--import', TELL_MEMORY, cliPath, 'subtract', 'a.vct', 'b.vct', '--out', 'd.vct'];
		const { code, stderr } = await startProgram(t, process.execPath, args, { cwd }).ended;
		t.is(code, 0, stderr);
		return Number(/maxRSS=(\d+)/.exec(stderr)?.[1]);
	};
	const small = await peakKilobytes({ width: 1, height: 1, channels: 1 });
	const large = await peakKilobytes({ width: 3840, height: 2160, channels: 3 });
	t.true((await stat(join(cwd, 'd.vct'))).size > 31e6);
	t.log(`smallKilobytes=${small} largeKilobytes=${large}`);
	t.true(large - small < 64 * 1024, `${large - small} kB more`);
});
