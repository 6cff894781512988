/** How many rows of each weight wait to be added; index w stands for 2^w. */
export type RowCounts = readonly number[];

/** The adders of one round: for each weight, how many; each takes three rows, or two where `isHalf`. */
export interface RoundPlan {
	readonly addersByWeight: readonly number[];
	/** The one adder has no third row: a step of the ripple at the end. */
	readonly isHalf: boolean;
}

/** As many adders as there are triples of rows that wait: carries wait for the next round. */
export function planTriples(counts: RowCounts): RoundPlan {
	return { addersByWeight: counts.map((count) => Math.floor(count / 3)), isHalf: false };
}

/**
 * The next round when no more rows come: triples while there are some, then one adder at a time from the lowest weight
 * up, until one row of each weight is left. Null when that is so.
 */
export function planEnd(counts: RowCounts): RoundPlan | null {
	if (counts.some((count) => count > 2)) return planTriples(counts);
	const lowest = counts.indexOf(2);
	if (lowest === -1) return null;
	return { addersByWeight: counts.map((_, weight) => (weight === lowest ? 1 : 0)), isHalf: true };
}

/** The counts after a round has begun: its carries come with its messages. */
export function countsDuring(counts: RowCounts, { addersByWeight, isHalf }: RoundPlan): number[] {
	return counts.map((count, weight) => count - (isHalf ? 1 : 2) * addersByWeight[weight]);
}

/** The carries of a round, at the weights where they wait once they have come; those out of the highest are dropped. */
export function carriesOf({ addersByWeight }: RoundPlan): number[] {
	return addersByWeight.map((_, weight) => (weight === 0 ? 0 : addersByWeight[weight - 1]));
}

/** What a summation comes to, known before it begins. */
export interface SumCost {
	/** Rows that are held at once, at most. */
	readonly rows: number;
	/** Adders of one round, at most. */
	readonly addersAtOnce: number;
	/** All adders: one AND, and one row sent by each party, for each. */
	readonly adders: number;
	/** One message of each party to the previous one in each. */
	readonly rounds: number;
}

/**
 * Plays a summation without values: chunks of rows come one after the other, a round is begun after each while the
 * messages of the one before are under way, then the end.
 * Nothing in it depends on a value, so all parties come to the same plan.
 */
export function costOfSum(width: number, chunks: Iterable<RowCounts>): SumCost {
	const none: readonly number[] = Array.from({ length: width }, () => 0);
	let counts = none;
	let underWay = none;
	const cost = { rows: 0, addersAtOnce: 0, adders: 0, rounds: 0 };
	const play = (plan: RoundPlan): number[] => {
		const adders = total(plan.addersByWeight);
		cost.addersAtOnce = Math.max(cost.addersAtOnce, adders);
		cost.adders += adders;
		if (adders > 0) cost.rounds++;
		counts = countsDuring(counts, plan);
		return carriesOf(plan);
	};
	for (const chunk of chunks) {
		counts = added(counts, chunk);
		cost.rows = Math.max(cost.rows, total(counts) + total(underWay));
		const next = play(planTriples(counts));
		counts = added(counts, underWay);
		underWay = next;
	}
	counts = added(counts, underWay);
	for (let plan = planEnd(counts); plan !== null; plan = planEnd(counts)) {
		const carries = play(plan);
		counts = added(counts, carries);
	}
	return cost;
}

function added(counts: RowCounts, more: RowCounts): number[] {
	return counts.map((count, weight) => count + (more[weight] ?? 0));
}

function total(counts: RowCounts): number {
	return counts.reduce((sum, count) => sum + count, 0);
}
