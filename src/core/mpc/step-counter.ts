import type { StepCost } from './step-cost.js';

/** A step with the numbers that it alone uses. */
export interface NumberedStep {
	readonly step: number;
	readonly firstDraw: number;
	readonly cost: StepCost;
}

/**
 * Numbers the steps of an attempt and their draws. The three parties run one program, and no step depends on a value, so
 * all come to the same numbers.
 */
export class StepCounter {
	readonly #steps: NumberedStep[] = [];
	readonly #firstStep: number;
	#nextDraw: number;

	/** A part of a program that runs beside others starts at numbers of its own. */
	constructor(start: { readonly step: number; readonly draw: number } = { step: 0, draw: 0 }) {
		this.#firstStep = start.step;
		this.#nextDraw = start.draw;
	}

	/** The steps so far. */
	get steps(): readonly NumberedStep[] {
		return this.#steps;
	}

	next(cost: StepCost): NumberedStep {
		const numbered = { step: this.#firstStep + this.#steps.length, firstDraw: this.#nextDraw, cost };
		this.#nextDraw += cost.draws.length;
		this.#steps.push(numbered);
		return numbered;
	}
}
