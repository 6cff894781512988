// Keystream, bit-slicing and products as a job does them, each beside the same work at its fastest.
import { createCipheriv } from 'node:crypto';
import type { BitKernel, RingKernel } from '../src/core/kernels/ring.js';
import { planeBytes } from '../src/core/kernels/ring.js';
import { createPairStreams } from '../src/core/mpc/keystream.js';
import { holdsPair } from '../src/core/mpc/party-index.js';
import { formBytes } from '../src/core/mpc/step-cost.js';
import { declareRelu } from '../src/core/mpc/steps/relu.js';
import { microseconds, squareWindow } from './measure.js';
import { median } from './wrk.js';

const VALUES = 62_500;
/** Values whose words and planes stay in the first-level cache. */
const CACHED_VALUES = 1024;
const PIECE_BYTES = 65_536;
const BLOCK = { rows: 64, inner: 256, columns: 256 };
/** Runs of either side, taken in turns. */
const TURNS = 9;

export interface BoundsPlace {
	readonly ring: RingKernel;
	readonly bits: BitKernel;
	readonly int32: (length: number) => Int32Array;
	readonly bytes: (length: number) => Uint8Array;
}

/** What a job does, and the bound: `work` is how many units one run of either is. */
interface Pair {
	readonly name: string;
	readonly unit: string;
	readonly job: { readonly work: number; readonly run: () => void };
	readonly bound: { readonly name: string; readonly work: number; readonly run: () => void };
}

/** The lines of a table in Markdown. */
export function boundsTable(place: BoundsPlace): string[] {
	const lines = ['| as a job does it | G/s | bound | G/s | times as long |', '| --- | --- | --- | --- | --- |'];
	for (const { name, unit, job, bound } of [keystream(place), ...slices(place), ...products(place)]) {
		const turns = Array.from({ length: TURNS }, () => ({
			job: job.work / microseconds(job.run) / 1000,
			bound: bound.work / microseconds(bound.run) / 1000,
		}));
		const [rate, most] = [median(turns.map((turn) => turn.job)), median(turns.map((turn) => turn.bound))];
		const ratio = median(turns.map((turn) => turn.bound / turn.job));
		lines.push(`| ${name}, ${unit} | ${rate.toFixed(2)} | ${bound.name} | ${most.toFixed(2)} | ${ratio.toFixed(2)} |`);
	}
	return lines;
}

/** All that P0 draws for a ReLU with truncation, each draw under a counter of its own, into the kernels' memory. */
function keystream({ bytes }: BoundsPlace): Pair {
	const draws = declareRelu({ count: VALUES, window: { from: 4, to: 24 }, f: 12 })
		.flatMap((cost) => cost.draws)
		.filter(({ pair }) => holdsPair(0, pair));
	const places = draws.map(({ pair, form }) => ({ pair, out: bytes(formBytes(form)) }));
	const drawAll = (): void => {
		const streams = createPairStreams({ '01': new Uint8Array(16), '02': new Uint8Array(16) });
		for (const [number, { out, pair }] of places.entries()) streams.drawInto(out, pair, number);
	};
	const cipher = createCipheriv('aes-128-ctr', new Uint8Array(16), new Uint8Array(16));
	const zeros = new Uint8Array(PIECE_BYTES);
	return {
		name: `keystream of a ReLU on ${VALUES} values`,
		unit: 'bytes',
		job: { work: places.reduce((sum, { out }) => sum + out.length, 0), run: drawAll },
		bound: { name: 'aes-128-ctr of node:crypto, 64 KiB', work: PIECE_BYTES, run: () => cipher.update(zeros) },
	};
}

function slices({ bits, bytes, int32 }: BoundsPlace): Pair[] {
	const slice = (count: number, width: number) => {
		const [planes, values] = [bytes(width * planeBytes(count)), int32(count)];
		return { work: count * width, run: () => bits.sliceInto(planes, values, 0, width) };
	};
	const join = (count: number, width: number) => {
		const [planes, values] = [bytes(width * planeBytes(count)), int32(count)];
		return { work: count * width, run: () => bits.unsliceInto(values, planes, width) };
	};
	return [
		...[20, 32].map((width) => ({ title: `slice ${VALUES} x ${width}`, width, of: slice })),
		{ title: `join ${VALUES} x 12`, width: 12, of: join },
	].map(({ title, width, of }) => ({
		name: title,
		unit: 'bits',
		job: of(VALUES, width),
		bound: { name: `${CACHED_VALUES} values, in the first-level cache`, ...of(CACHED_VALUES, width) },
	}));
}

function products({ ring, int32 }: BoundsPlace): Pair[] {
	const shared = (length: number) => ({ first: int32(length), second: int32(length) });
	const layer = (channels: number, side: number, kernel: number, padding: number, rows: number) => {
		const window = squareWindow(channels, side, kernel, padding);
		const plane = window.outHeight * window.outWidth;
		const inner = channels * kernel * kernel;
		const [out, left, image] = [int32(rows * plane), shared(rows * inner), shared(channels * side * side)];
		const run = (): void => ring.convolveSharedAddInto(out, left, image, window);
		return { work: 2 * rows * inner * plane, run };
	};
	const dense = (rows: number, inner: number) => {
		const [out, left, right] = [int32(rows), shared(rows * inner), shared(inner)];
		const run = (): void => ring.multiplySharedAddInto(out, left, right, { rows, inner, columns: 1 });
		return { work: 2 * rows * inner, run };
	};
	const thesis = [
		...[layer(1, 100, 7, 0, 4), layer(4, 47, 5, 0, 8), layer(8, 21, 3, 0, 16), layer(16, 9, 3, 0, 32)],
		...[dense(256, 288), dense(64, 256)],
	];
	const { rows, inner, columns } = BLOCK;
	const [out, left, right] = [int32(rows * columns), int32(rows * inner), int32(inner * columns)];
	const bound = {
		name: `one block of ${rows}x${inner}x${columns}`,
		work: rows * inner * columns,
		run: () => ring.multiplyAddInto(out, left, right, BLOCK),
	};
	const unit = 'multiply-adds';
	return [
		{ name: 'convolution 32 to 32 channels, 3x3 on 35x35, shared', unit, job: layer(32, 35, 3, 1, 32), bound },
		{
			name: 'all layers of the thesis network, shared',
			unit,
			job: {
				work: thesis.reduce((sum, { work }) => sum + work, 0),
				run: () => {
					for (const { run } of thesis) run();
				},
			},
			bound,
		},
	];
}
