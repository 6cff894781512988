import type { ExecutionContext } from 'ava';
import { inSequence, type StepCost } from '../../../src/core/mpc/step-cost.js';
import type { ThreeParties } from './three-parties.js';

/**
 * What went over the wire is what was declared, message by message, with zeros in all padding. Rounds may be fewer where a
 * party goes on to the next step before the others have.
 */
export function assertAsDeclared(
	t: ExecutionContext,
	three: ThreeParties,
	costs: readonly StepCost[],
	mayOverlap = false,
): void {
	const { rounds, bytesByParty } = inSequence(costs);
	t.deepEqual(three.transport.bytesByParty(), bytesByParty);
	if (mayOverlap) t.true(three.transport.rounds() <= rounds && three.transport.rounds() >= 0.8 * rounds);
	else t.is(three.transport.rounds(), rounds);
	const [{ counter }] = three.parties;
	t.deepEqual(
		counter.steps.map(({ cost }) => cost),
		[...costs],
	);
	for (const { label, from, to, bytes } of three.transport.messages) {
		const planned = counter.steps[label.step].cost.messages[label.part];
		t.deepEqual([planned.from, planned.to], [from, to]);
		let at = 0;
		for (const { form } of planned.fields) {
			const bits = form.kind === 'words' ? form.count * form.wordBytes * 8 : form.count;
			const stride = Math.ceil(bits / 128) * 16;
			for (let part = 0; part < (form.kind === 'words' ? 1 : form.planes); part++, at += stride) {
				for (let bit = bits; bit < stride * 8; bit++) {
					if ((bytes[at + (bit >> 3)] >> (bit & 7)) & 1) t.fail(`message ${planned.name}: padding bit ${bit} is set`);
				}
			}
		}
		t.is(at, bytes.length);
	}
}
