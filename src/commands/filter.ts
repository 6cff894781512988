import { counted } from '../core/counted.js';
import { defineCommand } from './define-command.js';
import { secureOptions } from './secure-options.js';

export const filter = defineCommand({
	name: 'filter',
	summary: 'Sharpen a picture or find its edges on shares',
	epilogue:
		'KERNEL is sharpen, edges, or a JSON file with rows of numbers (odd sizes up to 15x15). The parties learn the size of ' +
		'the picture and of the kernel; --private-kernel keeps its numbers from them.',
	positionals: [
		{ name: 'kernel', describe: 'sharpen, edges or a JSON file' },
		{ name: 'picture', describe: 'Picture to filter' },
	],
	options: {
		out: { type: 'string', default: 'filtered.png', describe: 'Picture to write' },
		...secureOptions,
		privateKernel: { type: 'boolean', describe: 'Share the kernel, too' },
		clear: { type: 'boolean', describe: 'Compute here, in the clear, instead' },
	},
	examples: [
		{ line: 'filter sharpen shots/capture-0001.png --clear --out sharp.png', says: 'Here, to compare with' },
		{ line: 'filter edges shots/capture-0001.png --private-kernel --out edges.png', says: 'On three parties' },
	],
	async run(options, [kernelName, picture], context) {
		const [{ readImage, writeImage }, filters, { edgesKernel, parseKernel, sharpenKernel }] = await Promise.all([
			import('../core/image/files.js'),
			import('../core/nn/filters.js'),
			import('../core/nn/filter-kernel.js'),
		]);
		const { readKernelFile } = await import('./read-kernel.js');
		const kernel =
			kernelName === 'sharpen'
				? sharpenKernel
				: kernelName === 'edges'
					? edgesKernel
					: parseKernel(readKernelFile(kernelName), kernelName);
		const image = await readImage(picture);
		const startedMs = context.nowMs();
		if (options.clear) {
			await writeImage(options.out, filters.filterInClear(image, kernel));
			return { fields: { file: options.out, ms: context.nowMs() - startedMs }, text: options.out };
		}
		const { runOnParties } = await import('./on-parties.js');
		const made = filters.createFilter(kernel, image);
		const program = { graph: made.graph, fixedPoint: made.fixedPoint, windows: new Map() };
		const input = Int32Array.from(filters.padForFilter(image, kernel));
		const privateWeights = options.privateKernel;
		const { output, ...counts } = await runOnParties(options.parties, program, input, { privateWeights }, context);
		await writeImage(options.out, filters.toFilteredPicture(output, image, made.weightBits));
		const kilobytes = counts.bytesSent.map((bytes) => Math.round(bytes / 1000)).join(' + ');
		return {
			fields: { file: options.out, ...counts },
			text: `${options.out}: ${counts.ms.toFixed(0)} ms on shares, ${counted(counts.rounds, 'round', 'rounds')}, ${kilobytes} kB between the parties`,
		};
	},
});
