import { defineCommand } from './define-command.js';

export const demo = defineCommand({
	name: 'demo',
	summary: 'Show on this machine what veilcam does, without a camera',
	epilogue:
		'Starts a collector on a free port, salts and sends 2,000 pictures made of the 16 faces that come with veilcam, and ' +
		'writes what one upload looks like, what can be made of it, and the average that emerges. Then subtracts two encrypted ' +
		'frames without their key, and sharpens and recognises a face on three parties of which none sees it.',
	options: {
		out: { type: 'string', default: './veilcam-demo', describe: 'Folder for the pictures' },
		count: { type: 'number', integer: true, min: 20, max: 1_000_000, default: 2000, describe: 'Pictures to send' },
	},
	examples: [
		{ line: 'demo', says: 'All of it, in less than a minute' },
		{ line: 'demo --count 200 --out small-demo --json', says: 'A smaller room, for programs' },
	],
	async run(options, _given, context) {
		const { demoAverage } = await import('./demo-average.js');
		const { files, count, expectedRmse, rmse, picture } = await demoAverage(options.out, options.count, context);
		const { demoSubtract } = await import('./demo-subtract.js');
		const moved = await demoSubtract(options.out, context);
		const [{ withDemoParties, demoFilter }, { demoMatch }] = await Promise.all([
			import('./demo-parties.js'),
			import('./demo-match.js'),
		]);
		const { shared, faces } = await withDemoParties(context, async (world) => ({
			shared: await demoFilter(options.out, world),
			faces: await demoMatch(options.out, world, context),
		}));
		const allFiles = [...files, ...moved.files, ...shared.files, ...faces.files];
		const { pictureForTerminal } = await import('./show-picture.js');
		const shown = context.json ? '' : await pictureForTerminal(picture, context);
		const text = [
			shown,
			'one picture | what was sent of it | the best guess from that | the average of all pictures',
			`${count} pictures were collected; the average is ${rmse.toFixed(2)} gray levels from the true one (expected ${expectedRmse.toFixed(2)}).`,
			'without-and-with-the-oval.png: the plain average of the faces as they were taken, and with their eyes on two marks.',
			'The collector got uploads as in the second picture, nothing else; the third is what it could guess from one.',
			`Two encrypted frames were subtracted without a key; decrypted, ${exactly(moved.isExact)}: ` +
				`what moved is ${moved.box.width}x${moved.box.height} pixels at ${moved.box.x},${moved.box.y}.`,
			`Three parties sharpened a face on shares in ${shared.ms.toFixed(0)} ms; opened, ${exactly(shared.isExact)}.`,
			`Two people were enrolled with them; asked about two faces, they found ${faces.found ?? 'NOBODY'} on a brighter, smaller picture of ` +
				`eileen, and ${faces.stranger ?? 'nobody'} on one of a stranger, in ${faces.ms.toFixed(0)} ms each. None of them saw a face.`,
			'Written:',
			...allFiles.map((file) => `  ${file}`),
		].join('\n');
		const { found, stranger, ms: matchMs } = faces;
		return {
			fields: {
				files: allFiles,
				count,
				expectedRmse,
				rmse,
				moved: moved.box,
				sharpenMs: shared.ms,
				faces: { found, stranger, ms: matchMs },
			},
			text,
		};
	},
});

function exactly(isExact: boolean): string {
	return isExact ? 'it is exact' : 'IT IS NOT EXACT, which is our mistake';
}
