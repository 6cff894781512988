import { edgesKernel, sharpenKernel } from '../src/core/nn/filter-kernel.js';
import { createFilter } from '../src/core/nn/filters.js';
import { type Graph, sizeOf, windowOf } from '../src/core/nn/graph.js';
import { prepareNetwork } from '../src/core/nn/prepare-network.js';
import type { SecureProgram } from '../src/core/nn/secure.js';
import { seededNumbers } from '../src/core/nn/seeded-numbers.js';
import { thesisNetwork } from '../src/core/nn/thesis-network.js';

/** A network, or a part of one, with an input. */
export interface MpcWork {
	readonly name: string;
	readonly program: SecureProgram;
	readonly input: Float64Array;
	readonly privateWeights: boolean;
	/** What the issue of speed is measured against, in words. */
	readonly peer: string;
}

/** What the benchmark of three parties runs. */
export function mpcWorks(): MpcWork[] {
	const numbers = seededNumbers(11);
	const noise = (count: number, low = 0): Float64Array =>
		Float64Array.from({ length: count }, () => (low === 0 ? (numbers.nextWithin(1) + 1) / 2 : numbers.nextWithin(1)));
	const thesis = thesisNetwork();
	const picture = noise(sizeOf(thesis.inputShape));
	const prepared = prepareNetwork(thesis, [picture, noise(picture.length)]);
	const wide = prepareNetwork(thesis, [picture, noise(picture.length)], 64);
	const relu = plain('relu', 62_500, 1, [{ kind: 'relu', input: 'x', output: 'y' }]);
	const pool = plain('max-pool', 250, 250, [
		{ kind: 'max-pool', input: 'x', output: 'y', window: windowOf(2, 2, { strideY: 2, strideX: 2 }) },
	]);
	const values = noise(62_500, -1);
	const small = { width: 100, height: 100, channels: 1 as const };
	const large = { width: 640, height: 360, channels: 3 as const };
	const sharpen = (picture: { width: number; height: number; channels: 1 | 3 }): SecureProgram => ({
		...createFilter(sharpenKernel, picture),
		windows: new Map(),
	});
	const edges: SecureProgram = { ...createFilter(edgesKernel, small), windows: new Map() };
	const grays = (program: SecureProgram): Float64Array =>
		noise(sizeOf(program.graph.inputShape)).map((value) => Math.round(value * 255));
	const deep = convolution();
	return [
		{
			name: 'thesis network, secret weights',
			program: prepared,
			input: picture,
			privateWeights: true,
			peer: '71-79 ms, 135 rounds, 2.8 MB',
		},
		{ name: 'thesis network, public weights', program: prepared, input: picture, privateWeights: false, peer: '' },
		...[true, false].map((privateWeights) => ({
			name: `thesis network in 64 bits, ${privateWeights ? 'secret' : 'public'} weights`,
			...{ program: wide, input: picture, privateWeights, peer: '' },
		})),
		{
			name: 'ReLU with truncation x 62,500',
			program: withTruncation(relu),
			input: values,
			privateWeights: false,
			peer: '21 ms, 30.4 B per value',
		},
		{ name: 'max-pool 2x2 on 250x250', program: pool, input: values, privateWeights: false, peer: '17 ms' },
		{
			name: '3x3 convolution on 100x100, secret kernel',
			program: edges,
			input: grays(edges),
			privateWeights: true,
			peer: '5 ms',
		},
		{
			name: '3x3 convolution 32 to 32 on 35x35, secret weights',
			program: deep,
			input: noise(32 * 35 * 35),
			privateWeights: true,
			peer: '82 ms',
		},
		{
			name: 'sharpen 100x100 gray',
			program: sharpen(small),
			input: grays(sharpen(small)),
			privateWeights: false,
			peer: 'thesis: 60-80 s',
		},
		{
			name: 'sharpen 640x360 RGB',
			program: sharpen(large),
			input: grays(sharpen(large)),
			privateWeights: false,
			peer: 'thesis: 5 min',
		},
	];
}

function plain(name: string, height: number, width: number, nodes: Graph['nodes']): SecureProgram {
	const graph: Graph = { name, input: 'x', inputShape: { channels: 1, height, width }, output: 'y', nodes };
	const fractionalBits = new Map([
		['x', 18],
		['y', 18],
	]);
	const sign = { from: 0, to: name === 'relu' ? 20 : 21 };
	return {
		graph,
		fixedPoint: { ringBits: 32, fractionalBits, weightBits: new Map() },
		windows: new Map([['y', sign]]),
	};
}

/** Twelve bits are dropped, and a window of 20 bits decides. */
function withTruncation(program: SecureProgram): SecureProgram {
	const fractionalBits = new Map([
		['x', 22],
		['y', 10],
	]);
	return {
		...program,
		fixedPoint: { ...program.fixedPoint, fractionalBits },
		windows: new Map([['y', { from: 4, to: 24 }]]),
	};
}

function convolution(): SecureProgram {
	const numbers = seededNumbers(3);
	const pads = { padTop: 1, padLeft: 1, padBottom: 1, padRight: 1 };
	const graph: Graph = {
		name: 'convolution',
		input: 'x',
		inputShape: { channels: 32, height: 35, width: 35 },
		output: 'y',
		nodes: [
			{
				kind: 'conv',
				input: 'x',
				output: 'y',
				outChannels: 32,
				groups: 1,
				window: windowOf(3, 3, pads),
				weights: Float32Array.from({ length: 32 * 32 * 9 }, () => numbers.nextWithin(0.1)),
				bias: new Float32Array(32),
			},
		],
	};
	const fractionalBits = new Map([
		['x', 10],
		['y', 10],
	]);
	return { graph, fixedPoint: { ringBits: 32, fractionalBits, weightBits: new Map([['y', 14]]) }, windows: new Map() };
}
