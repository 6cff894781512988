import test from 'ava';
import type { PairStreams } from '../../../../src/core/mpc/keystream.js';
import { holdsPair, PAIRS, PARTIES, type PartyIndex } from '../../../../src/core/mpc/party-index.js';
import { seededRandom } from '../../average/keystream.js';
import { type SharedRow, sumOnThree } from './three-sums.js';

const ROWS = 4;
/** Four rows of weight 0: a whole adder, then two halves. */
const ANDS = 3;

function bytesOf(seed: number, byteLength: number): Uint8Array {
	const bytes = new Uint8Array(byteLength);
	seededRandom(seed).fillInto(bytes);
	return bytes;
}

/**
 * What the observer receives in each of 128 lanes, when the keystream of the two others runs through all its values and
 * everything that the observer knows is the same in all lanes.
 */
async function viewsOf(secret: number, observer: PartyIndex, isMasked: boolean): Promise<number[]> {
	const unknown = (observer + 2) % 3;
	const known = bytesOf(7, 2 * ROWS);
	const rows = Array.from({ length: ROWS }, (_, row): SharedRow => {
		const component = (which: number): Uint8Array => {
			const [a, b] = [known[2 * row] & 1, known[2 * row + 1] & 1];
			const bit = which === unknown ? ((secret >> row) & 1) ^ a ^ b : which === (unknown + 1) % 3 ? a : b;
			return new Uint8Array(16).fill(-bit);
		};
		return { weight: 0, components: [component(0), component(1), component(2)] };
	});
	const hidden = PAIRS.find((pair) => !holdsPair(observer, pair));
	const streams: PairStreams = {
		drawInto(out, pair, drawNumber) {
			const constant = bytesOf(50 + PAIRS.indexOf(pair), 16)[drawNumber] & 1 ? 255 : 0;
			if (pair !== hidden) out.fill(constant);
			else for (let i = 0; i < out.length; i++) out[i] = isMasked ? laneByte(i % 16, drawNumber) : 0;
		},
	};
	const { transport } = await sumOnThree([rows], 3, () => streams);
	const received = transport.messages.filter(({ to }) => to === observer);
	received.sort((a, b) => a.label.step - b.label.step);
	const views = Array.from({ length: 128 }, (_, lane) =>
		received.reduce((view, { bytes }) => 2 * view + ((bytes[lane >> 3] >> (lane & 7)) & 1), 0),
	);
	return views.sort((a, b) => a - b);
}

/** Bit `draw` of the number of each lane. */
function laneByte(byte: number, draw: number): number {
	let bits = 0;
	for (let i = 0; i < 8; i++) bits |= (((8 * byte + i) >> draw) & 1) << i;
	return bits;
}

/** How many secrets give other views than the first. */
async function countLeaks(observer: PartyIndex, isMasked: boolean): Promise<number> {
	const reference = await viewsOf(0, observer, isMasked);
	let leaks = 0;
	for (let secret = 1; secret < 2 ** ROWS; secret++) {
		const views = await viewsOf(secret, observer, isMasked);
		if (views.some((view, lane) => view !== reference[lane])) leaks++;
	}
	return leaks;
}

for (const observer of PARTIES) {
	test(`what party ${observer} receives in a sum of four bits is distributed alike for every choice of them`, async (t) => {
		t.is(await countLeaks(observer, true), 0);
		const views = await viewsOf(5, observer, true);
		t.is(new Set(views).size, 2 ** ANDS);
	});

	test(`party ${observer} would learn something if the two others had no common mask`, async (t) => {
		t.not(await countLeaks(observer, false), 0);
	});
}
