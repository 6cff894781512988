import { defineCommand } from './define-command.js';

export const demo = defineCommand({
	name: 'demo',
	summary: 'Show on this machine what veilcam does, without a camera',
	epilogue:
		'Starts a collector on a free port, salts and sends 2,000 pictures made of the 16 faces that come with veilcam, and ' +
		'writes what one upload looks like, what can be made of it, and the average that emerges.',
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
		const { pictureForTerminal } = await import('./show-picture.js');
		const shown = context.json ? '' : await pictureForTerminal(picture, context);
		const text = [
			shown,
			'one picture | what was sent of it | the best guess from that | the average of all pictures',
			`${count} pictures were collected; the average is ${rmse.toFixed(2)} gray levels from the true one (expected ${expectedRmse.toFixed(2)}).`,
			'without-and-with-the-oval.png: the plain average of the faces as they were taken, and with their eyes on two marks.',
			'The collector got uploads as in the second picture, nothing else; the third is what it could guess from one.',
			'Written:',
			...files.map((file) => `  ${file}`),
		].join('\n');
		return { fields: { files, count, expectedRmse, rmse }, text };
	},
});
