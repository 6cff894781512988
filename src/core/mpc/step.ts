import { BugError } from '../errors.js';
import { planeBytes, type Words } from '../kernels/ring.js';
import type { Party } from './party.js';
import { keepLowInto, type Ring, wordsOn } from './ring.js';
import { type Form, formBytes, type MessagePlan, messageBytes, type StepCost } from './step-cost.js';

/** A message that is being written or was read: one buffer in the arena, a view for each field. */
export interface Message {
	words(field: string): Words;
	planes(field: string): Uint8Array;
}

/** What one party does within one step: its draws and messages, found by the names that the step declared. */
export interface Step {
	/** A draw of words, each reduced as declared. */
	drawWords(label: string): Words;
	/** A draw of bit planes, padding bits zero. */
	drawPlanes(label: string): Uint8Array;
	/** Sends the message of this name, whose fields `write` fills: all of every field, but for the padding of words. */
	send(name: string, write: (message: Message) => void): void;
	receive(name: string): Promise<Message>;
}

/** Starts the next step of the party's program. What the step draws, writes and reads is taken from the arena. */
export function beginStep(party: Party, cost: StepCost): Step {
	const { step, firstDraw } = party.counter.next(cost);

	const draw = (label: string, kind: Form['kind']) => {
		const index = cost.draws.findIndex((planned) => planned.label === label);
		const planned = cost.draws[index];
		if (planned?.form.kind !== kind) throw new BugError('unplanned-draw', `step ${step} plans no ${kind} ${label}`);
		const byteLength = formBytes(planned.form);
		const bytes = party.arena.bytes(byteLength);
		party.streams.drawInto(bytes, planned.pair, firstDraw + index);
		return { bytes, planned };
	};
	const find = (name: string) => {
		const part = cost.messages.findIndex((planned) => planned.name === name);
		if (part === -1) throw new BugError('unplanned-message', `step ${step} plans no message ${name}`);
		return { planned: cost.messages[part], label: { step, part } };
	};
	return {
		drawWords(label) {
			const { bytes, planned } = draw(label, 'words');
			const drawn = wordsOn(party.ring, bytes.buffer, bytes.byteOffset, planned.form.count);
			keepLowInto(drawn, planned.bits ?? party.ring.bits);
			return drawn;
		},
		drawPlanes(label) {
			const { bytes, planned } = draw(label, 'planes');
			party.kernels.bits.clearPaddingInto(bytes, planned.form.count);
			return bytes;
		},
		send(name, write) {
			const { planned, label } = find(name);
			const mark = party.arena.mark();
			const bytes = party.arena.bytes(messageBytes(planned));
			write(fieldsOf(planned, bytes, party.ring));
			finishWords(planned, bytes, party.ring);
			party.channel.send(planned.to, label, bytes);
			party.arena.release(mark);
		},
		async receive(name) {
			const { planned, label } = find(name);
			const bytes = party.arena.bytes(messageBytes(planned));
			bytes.set(await party.channel.receive(planned.from, label, bytes.length));
			return fieldsOf(planned, bytes, party.ring);
		},
	};
}

function* fieldsAt(planned: MessagePlan): Generator<{ name: string; form: Form; at: number }> {
	let at = 0;
	for (const { name, form } of planned.fields) {
		yield { name, form, at };
		at += formBytes(form);
	}
}

function fieldsOf(planned: MessagePlan, bytes: Uint8Array, ring: Ring): Message {
	const find = (name: string, kind: Form['kind']) => {
		for (const field of fieldsAt(planned)) if (field.name === name && field.form.kind === kind) return field;
		throw new BugError('unplanned-field', `message ${planned.name} plans no ${kind} ${name}`);
	};
	return {
		words(name) {
			const { form, at } = find(name, 'words');
			return wordsOn(ring, bytes.buffer, bytes.byteOffset + at, form.count);
		},
		planes(name) {
			const { form, at } = find(name, 'planes');
			return bytes.subarray(at, at + formBytes(form));
		},
	};
}

// High bits beyond a small ring would tell the receiver more than the element; the padding is left over memory.
function finishWords(planned: MessagePlan, bytes: Uint8Array, ring: Ring): void {
	for (const { form, at } of fieldsAt(planned)) {
		if (form.kind !== 'words') continue;
		const start = bytes.byteOffset + at;
		keepLowInto(wordsOn(ring, bytes.buffer, start, form.count), ring.bits);
		bytes.fill(0, at + form.count * form.wordBytes, at + formBytes(form));
	}
}

/** Plane `index` of planes of `count` values. */
export function planeOf(planes: Uint8Array, count: number, index: number): Uint8Array {
	const byteLength = planeBytes(count);
	return planes.subarray(index * byteLength, (index + 1) * byteLength);
}
