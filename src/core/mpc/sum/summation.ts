import { xorBytesInto } from '../../average/share-planes.js';
import { createWasmAdder } from '../../kernels/adder-wasm.js';
import { KernelMemory, roundUpBytes } from '../../kernels/memory.js';
import type { Channel, MessageLabel } from '../channel.js';
import type { PairStreams } from '../keystream.js';
import { nextParty, type PartyIndex, pairWithNext, pairWithPrevious, previousParty } from '../party-index.js';
import { planEnd, planTriples, type RoundPlan, type SumCost } from './sum-plan.js';

export interface SummationOptions {
	readonly index: PartyIndex;
	readonly channel: Channel;
	/** Of this attempt. */
	readonly streams: PairStreams;
	/** Bytes of one plane of bits: whole vectors of 16. */
	readonly rowBytes: number;
	/** Bits of the sum; it wraps. */
	readonly width: number;
	readonly cost: SumCost;
	/** Label of the first message; one more for each round. */
	readonly firstStep: number;
	readonly firstDraw: number;
}

/** Both components that this party holds of one plane of bits. */
export interface RowShare {
	readonly first: Uint8Array;
	readonly second: Uint8Array;
}

/** Adds numbers that lie in bit planes on replicated XOR shares, as they come, with memory for those that wait. */
export interface Summation {
	/** Takes a row of weight 2^weight; copies it. Throws: RangeError where the plan had no place for it. */
	put(weight: number, row: RowShare): void;
	/**
	 * One layer of adders over what waits; to be called after each chunk that the plan was made for. Resolves when the
	 * carries of the round before have come: those of this one travel while the next chunk is made ready.
	 */
	round(): Promise<void>;
	/** The end: one row per weight, this party's first component under a zero share, for opening. */
	finish(): Promise<Uint8Array[]>;
	/** Overwrites the rows. */
	erase(): void;
}

/** Row 0 is zero and stays so: the third row of an adder that has two. */
const ZERO_ROW = 0;

/** A round whose carries are under way. */
interface Round {
	readonly label: MessageLabel;
	/** The rows that wait for their second component. */
	readonly carries: readonly { readonly weight: number; readonly row: number }[];
}

/**
 * Sums are kept in carry-save form until the end: three rows become two by one AND, whatever their weight.
 * Messages: each round, the carries' components of each party to the previous one; nothing else.
 * Throws: PeerError when a party fails.
 */
export async function createSummation(options: SummationOptions): Promise<Summation> {
	const { index, channel, streams, rowBytes, width, cost } = options;
	const rowCount = cost.rows + width + 1;
	const carryBytes = Math.max(1, cost.addersAtOnce) * rowBytes;
	const sizes = [2 * rowBytes * rowCount, 12 * Math.max(1, cost.addersAtOnce), carryBytes, carryBytes, carryBytes];
	const memory = new KernelMemory(sizes.reduce((sum, size) => sum + roundUpBytes(size), 0));
	const [rowsAt, triplesAt, nextAt, previousAt, carriesAt] = sizes.map((size) => memory.allocate(size));
	const kernel = await createWasmAdder(memory);
	const { buffer } = memory.memory;
	const rows = new Uint8Array(buffer, rowsAt, 2 * rowBytes * rowCount);
	const free = Array.from({ length: rowCount - 1 }, (_, i) => rowCount - 1 - i);
	const waiting: number[][] = Array.from({ length: width }, () => []);
	let step = options.firstStep;
	let draw = options.firstDraw;
	let underWay: Round | null = null;

	const take = (): number => {
		const row = free.pop();
		if (row === undefined) throw new RangeError('row: the plan of this sum has no place for it');
		return row;
	};
	/** Computes and sends; gives what its carries are waited for with. */
	const begin = ({ addersByWeight, isHalf }: RoundPlan): Round | null => {
		const chosen = addersByWeight.flatMap((count, weight) =>
			Array.from({ length: count }, () => {
				const [x, y, z] = waiting[weight].splice(0, isHalf ? 2 : 3);
				return { weight, x, y, z: isHalf ? ZERO_ROW : z };
			}),
		);
		if (chosen.length === 0) return null;
		const triples = new Int32Array(buffer, triplesAt, 3 * chosen.length);
		triples.set(chosen.flatMap(({ x, y, z }) => [x, y, z]));
		const bytes = chosen.length * rowBytes;
		const masks = { next: new Uint8Array(buffer, nextAt, bytes), previous: new Uint8Array(buffer, previousAt, bytes) };
		const carries = new Uint8Array(buffer, carriesAt, bytes);
		streams.drawInto(masks.next, pairWithNext(index), draw);
		streams.drawInto(masks.previous, pairWithPrevious(index), draw);
		draw++;
		kernel.addRowsInto(rows, triples, rowBytes, masks, carries);
		const label = { step: step++, part: 0 };
		channel.send(previousParty(index), label, carries);
		for (const { weight, x, z } of chosen) {
			waiting[weight].push(x);
			if (z !== ZERO_ROW) free.push(z);
		}
		return { label, carries: chosen.map(({ weight, y }) => ({ weight: weight + 1, row: y })) };
	};
	const end = async (round: Round | null): Promise<void> => {
		if (round === null) return;
		const received = await channel.receive(nextParty(index), round.label, round.carries.length * rowBytes);
		for (const [i, { weight, row }] of round.carries.entries()) {
			rows.set(received.subarray(i * rowBytes, (i + 1) * rowBytes), (2 * row + 1) * rowBytes);
			if (weight < width) waiting[weight].push(row);
			else free.push(row);
		}
	};
	const countsNow = (): number[] => waiting.map(({ length }) => length);
	return {
		put(weight, { first, second }) {
			if (first.length !== rowBytes || second.length !== rowBytes) {
				throw new RangeError(`row: expected ${rowBytes} bytes, got ${first.length} and ${second.length}`);
			}
			const row = take();
			rows.set(first, 2 * row * rowBytes);
			rows.set(second, (2 * row + 1) * rowBytes);
			waiting[weight].push(row);
		},
		async round() {
			const before = underWay;
			underWay = begin(planTriples(countsNow()));
			await end(before);
		},
		async finish() {
			await end(underWay);
			for (let plan = planEnd(countsNow()); plan !== null; plan = planEnd(countsNow())) await end(begin(plan));
			const masks = { next: new Uint8Array(width * rowBytes), previous: new Uint8Array(width * rowBytes) };
			streams.drawInto(masks.next, pairWithNext(index), draw);
			streams.drawInto(masks.previous, pairWithPrevious(index), draw);
			return waiting.map(([row = ZERO_ROW], weight) => {
				const at = weight * rowBytes;
				const own = rows.slice(2 * row * rowBytes, (2 * row + 1) * rowBytes);
				xorBytesInto(own, masks.next.subarray(at, at + rowBytes));
				xorBytesInto(own, masks.previous.subarray(at, at + rowBytes));
				return own;
			});
		},
		erase: () => void rows.fill(0),
	};
}
