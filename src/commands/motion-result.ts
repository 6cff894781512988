import type { MotionScores } from '../core/subtract/motion/owner.js';
import type { CommandResult } from './define-command.js';

/** Blocks that the table has; `scores` has all of them. */
const TABLE_BLOCKS = 10;

/** Writes the heat map, the scores where they are wanted as numbers, and says which blocks changed most. */
export async function motionResult(motion: MotionScores, out: string, raw: string | undefined): Promise<CommandResult> {
	const [{ heatMap, movedBlocks }, { writeFileBytes, writeImage }] = await Promise.all([
		import('../core/subtract/motion/heat-map.js'),
		import('../core/image/files.js'),
	]);
	const { scores, plan } = motion;
	const { columns, rows, block } = plan;
	await writeImage(out, heatMap(motion));
	if (raw !== undefined) {
		const { encodeNpy } = await import('../core/npy.js');
		await writeFileBytes(raw, encodeNpy({ values: scores, shape: [rows, columns] }));
	}
	const moved = movedBlocks(motion).filter(({ score }) => score > 0);
	const table = moved.sort((a, b) => b.rms - a.rms).slice(0, TABLE_BLOCKS);
	const fields = {
		file: out,
		raw,
		columns,
		rows,
		blockWidth: block.width,
		blockHeight: block.height,
		movedBlocks: moved.length,
		table,
		scores: Array.from({ length: rows }, (_, row) => [...scores.subarray(row * columns, (row + 1) * columns)]),
	};
	const said = `${out}: ${columns}x${rows} blocks of ${block.width}x${block.height} pixels, ${moved.length} with a change`;
	if (table.length === 0) return { fields, text: said };
	const cells = table.map(({ x, y, score, rms }) => [`${x},${y}`, rms.toFixed(1), String(score)]);
	const lines = [['block at', 'gray levels (rms)', 'sum of squares'], ...cells].map(
		([at, level, score]) => `  ${at.padEnd(12)}${level.padStart(18)}${score.padStart(17)}`,
	);
	return { fields, text: [said, ...lines].join('\n') };
}

/** Said each time that scores are decrypted. */
export const SCORES_HAVE_NO_TAG =
	'nothing proves that these are the scores of the two frames named: use them if you trust the server to answer ' +
	'honestly, and tell it nothing about how their decryption went';
