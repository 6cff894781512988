import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { readImage, writeImage } from '../core/image/files.js';
import { pasteInto, resize } from '../core/image/geometry.js';
import type { Image } from '../core/image/image.js';
import { sideBySide } from '../core/image/side-by-side.js';
import { packagePath } from '../core/package-root.js';
import { openBfv } from '../core/subtract/bfv.js';
import { createRecordSubtractor, subtractStreams } from '../core/subtract/difference.js';
import { displayDifference } from '../core/subtract/display.js';
import { createEnginePool } from '../core/subtract/engine-pool.js';
import { decryptDifference, encryptFrame } from '../core/subtract/frames.js';
import { keyFingerprint } from '../core/subtract/key-file.js';
import { maskOf, movedBoxes } from '../core/subtract/moved.js';
import { openVctFile, writeVctFile } from '../core/subtract/vct-files.js';
import type { CommandContext } from './define-command.js';

/** Gray levels; less is noise of a camera. */
const MOVED_FROM = 24;

export interface DemoSubtract {
	readonly files: readonly string[];
	/** What the owner learns: where something moved. */
	readonly box: { readonly x: number; readonly y: number; readonly width: number; readonly height: number };
	/** Every sample of the decrypted difference is that of the pictures. */
	readonly isExact: boolean;
}

/** A camera's two frames, subtracted by who has no key, and decrypted by their owner. */
export async function demoSubtract(folder: string, context: CommandContext): Promise<DemoSubtract> {
	mkdirSync(folder, { recursive: true });
	const [before, after] = await frames();
	const paths = ['before.vct', 'after.vct', 'moved.vct'].map((name) => join(folder, name));
	const bfv = await openBfv();
	const { secret, publicKey } = bfv.createKeys();
	bfv.close();
	const fingerprint = keyFingerprint(publicKey);
	const pool = await createEnginePool({ kind: 'secret', secret }, 1);
	try {
		for (const [i, image] of [before, after].entries()) {
			const how = { scheme: 'symmetric', fingerprint, random: context.random } as const;
			const { header, records } = await encryptFrame(image, how, pool);
			await writeVctFile(paths[i], header, records, { exclusive: false });
		}
		context.reporter.note('two frames are encrypted; the server that subtracts them has no key');
		const [a, b] = [await openVctFile(paths[1]), await openVctFile(paths[0])];
		const ids = [a.header.ids[0], b.header.ids[0]] as const;
		const difference = await subtractStreams(a, b, await createRecordSubtractor());
		await writeVctFile(paths[2], difference.header, difference.records, { exclusive: false });
		const signed = await decryptDifference(await openVctFile(paths[2]), { fingerprint, ids }, pool);
		const shown = join(folder, 'before-after-moved.png');
		await writeImage(shown, sideBySide([before, after, displayDifference(signed, 'signed')], 4));
		const [{ x, y, width, height }] = movedBoxes(maskOf(signed, MOVED_FROM)).toSorted((p, q) => q.pixels - p.pixels);
		return {
			files: [...paths, shown],
			box: { x, y, width, height },
			isExact: signed.samples.every((sample, i) => sample === after.samples[i] - before.samples[i]),
		};
	} finally {
		await pool.close();
	}
}

/** A picture that comes with veilcam, without and with a visitor. */
async function frames(): Promise<[Image, Image]> {
	const read = (name: string): Promise<Image> => readImage(packagePath('fixtures', 'pictures', name), { channels: 3 });
	const [before, visitor] = await Promise.all([read('face-09.jpg'), read('face-14.jpg')]);
	const after = { ...before, samples: before.samples.slice() };
	pasteInto(after, await resize(visitor, { width: 96, height: 72 }), 200, 24);
	return [before, after];
}
