import type { WindowShape } from '../../kernels/ring.js';
import type { Party } from '../party.js';
import { copyInto, RING_32, type Ring } from '../ring.js';
import type { Replicated } from '../shares.js';
import type { StepCost } from '../step-cost.js';
import { declareMax, runMax } from './max.js';
import type { SignWindow } from './sign.js';

export interface MaxPoolShape {
	readonly window: WindowShape;
	/** Of the differences: one bit more than the values have. */
	readonly sign: SignWindow;
}

/**
 * The largest of each window: of each row of it, then of the rows' results; a row or column of n places takes
 * ceil(log2 n) times the rounds of a maximum. 2x2: 2 maxima deep, 3 per output; 3x3: 4 deep.
 */
export function declareMaxPool(shape: MaxPoolShape, ring: Ring = RING_32): StepCost[] {
	return passesOf(shape.window).flatMap((pass) => {
		const costs: StepCost[] = [];
		for (let places = pass.places; places > 1; places = Math.ceil(places / 2)) {
			const count = Math.floor(places / 2) * outputs(pass.window);
			costs.push(...declareMax({ count, window: shape.sign }, ring));
		}
		return costs;
	});
}

/** Error: as `runMax`. Range: |x| <= 2^(to - 2); places outside the picture count as -2^(to - 2). Shape: C, H, W. */
export async function runMaxPool(party: Party, image: Replicated, shape: MaxPoolShape): Promise<Replicated> {
	const { arena } = party;
	const count = outputs(shape.window);
	const result = { first: arena.words(count), second: arena.words(count) };
	const mark = arena.mark();
	let current = image;
	for (const pass of passesOf(shape.window)) current = await runPass(party, current, pass, shape.sign);
	copyInto(result.first, current.first);
	copyInto(result.second, current.second);
	arena.release(mark);
	return result;
}

/** The rows of each window, or its columns: a pool whose windows are one place wide. */
interface Pass {
	readonly window: WindowShape;
	readonly places: number;
	readonly placeAt: (index: number) => { readonly u: number; readonly v: number };
}

function passesOf(window: WindowShape): readonly [Pass, Pass] {
	const rows = { kernelHeight: 1, strideY: 1, dilationY: 1, padTop: 0, outHeight: window.height };
	const columns = { kernelWidth: 1, strideX: 1, dilationX: 1, padLeft: 0, width: window.outWidth };
	return [
		{ window: { ...window, ...rows }, places: window.kernelWidth, placeAt: (v) => ({ u: 0, v }) },
		{ window: { ...window, ...columns }, places: window.kernelHeight, placeAt: (u) => ({ u, v: 0 }) },
	];
}

async function runPass(party: Party, image: Replicated, pass: Pass, sign: SignWindow): Promise<Replicated> {
	const { arena, index, kernels } = party;
	const each = outputs(pass.window);
	// a constant is its component 0, which P0 holds first and P2 second
	const outside = -(2 ** (sign.to - 2));
	const first = arena.words(pass.places * each);
	const second = arena.words(pass.places * each);
	for (let place = 0; place < pass.places; place++) {
		const at = pass.placeAt(place);
		const [from, to] = [place * each, (place + 1) * each];
		kernels.ring.tapInto(first.subarray(from, to), image.first, pass.window, {
			...at,
			outside: index === 0 ? outside : 0,
		});
		kernels.ring.tapInto(second.subarray(from, to), image.second, pass.window, {
			...at,
			outside: index === 2 ? outside : 0,
		});
	}
	let places = pass.places;
	while (places > 1) {
		const half = Math.floor(places / 2) * each;
		const part = (from: number, to: number) => ({ first: first.subarray(from, to), second: second.subarray(from, to) });
		const mark = arena.mark();
		const larger = await runMax(party, part(0, half), part(half, 2 * half), sign);
		copyInto(first.subarray(0, half), larger.first);
		copyInto(second.subarray(0, half), larger.second);
		arena.release(mark);
		if (places % 2 === 1) {
			first.copyWithin(half, 2 * half, 2 * half + each);
			second.copyWithin(half, 2 * half, 2 * half + each);
		}
		places = Math.ceil(places / 2);
	}
	return { first: first.subarray(0, each), second: second.subarray(0, each) };
}

function outputs(window: WindowShape): number {
	return window.channels * window.outHeight * window.outWidth;
}
