import { MAX_SQUARE, MOTION_DEGREE, type MotionPlan } from './parameters.js';

/**
 * The values of the slots of ciphertext `index`. Slots without a sample (past the last cell, or in the part of a block
 * that lies outside the picture) are zero. Shape: samples are row-major H, W, C.
 */
export function slotValues(plan: MotionPlan, samples: Uint8Array, index: number): Uint32Array {
	const values = new Uint32Array(MOTION_DEGREE);
	forEachSample(plan, index, (slot, at) => {
		values[slot] = samples[at];
	});
	return values;
}

/** The largest score that each slot of a group can have; 0 where no sample is. */
export function slotBounds(plan: MotionPlan, group: number): Float64Array {
	const bounds = new Float64Array(MOTION_DEGREE);
	for (let i = 0; i < plan.cellSamples; i++) {
		forEachSample(plan, group * plan.cellSamples + i, (slot) => {
			bounds[slot] += MAX_SQUARE;
		});
	}
	return bounds;
}

/** Adds the scores of the cells of a group to those of their blocks. */
export function addScoresInto(scores: Float64Array, plan: MotionPlan, group: number, slots: ArrayLike<number>): void {
	const first = group * MOTION_DEGREE;
	const count = Math.min(MOTION_DEGREE, scores.length * plan.parts - first);
	for (let slot = 0; slot < count; slot++) scores[Math.floor((first + slot) / plan.parts)] += slots[slot];
}

/** Which sample of the picture each slot of ciphertext `index` has; slots without one are left out. */
function forEachSample(plan: MotionPlan, index: number, visit: (slot: number, at: number) => void): void {
	const { shape, block, columns, rows, parts, cellSamples } = plan;
	const { width, height, channels } = shape;
	const blockRow = block.width * channels;
	const group = Math.floor(index / cellSamples);
	const first = group * MOTION_DEGREE;
	const count = Math.min(MOTION_DEGREE, columns * rows * parts - first);
	for (let slot = 0; slot < count; slot++) {
		const cell = first + slot;
		const [place, part] = [Math.floor(cell / parts), cell % parts];
		// the samples of a block are dealt to its cells in turns
		const sample = (index % cellSamples) * parts + part;
		const [left, top] = [(place % columns) * block.width * channels, Math.floor(place / columns) * block.height];
		const [column, row] = [left + (sample % blockRow), top + Math.floor(sample / blockRow)];
		if (sample < blockRow * block.height && column < width * channels && row < height) {
			visit(slot, row * width * channels + column);
		}
	}
}
