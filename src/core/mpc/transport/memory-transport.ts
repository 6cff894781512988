import { PeerError } from '../../errors.js';
import type { Channel, MessageLabel } from '../channel.js';
import { PARTIES, type PartyIndex } from '../party-index.js';

/** A message as it went over the wire. Its depth is one more than that of the deepest message its sender had read. */
export interface RecordedMessage {
	readonly from: PartyIndex;
	readonly to: PartyIndex;
	readonly label: MessageLabel;
	readonly depth: number;
	readonly bytes: Uint8Array;
}

export interface MemoryTransport {
	readonly channels: readonly [Channel, Channel, Channel];
	/** What was sent so far, in order. */
	readonly messages: readonly RecordedMessage[];
	/** Depth of the deepest message. */
	rounds(): number;
	/** Bytes that each party sent. */
	bytesByParty(): [number, number, number];
	/** Fails every waiting and later receive. */
	abort(reason: Error): void;
}

interface Waiting {
	readonly resolve: (message: RecordedMessage) => void;
	readonly reject: (reason: Error) => void;
}

/** Joins three parties within one process; keeps a copy of every message. */
export function createMemoryTransport(): MemoryTransport {
	const messages: RecordedMessage[] = [];
	const queues = new Map<string, RecordedMessage[]>();
	const waiting = new Map<string, Waiting>();
	const clocks: [number, number, number] = [0, 0, 0];
	let aborted: Error | undefined;

	const take = (key: string): Promise<RecordedMessage> => {
		const first = queues.get(key)?.shift();
		if (first !== undefined) return Promise.resolve(first);
		if (aborted !== undefined) return Promise.reject(aborted);
		return new Promise((resolve, reject) => waiting.set(key, { resolve, reject }));
	};
	const channelOf = (index: PartyIndex): Channel => ({
		send(to, label, bytes) {
			const message = { from: index, to, label, depth: clocks[index] + 1, bytes: bytes.slice() };
			messages.push(message);
			const key = `${index}${to}`;
			const receiver = waiting.get(key);
			if (receiver === undefined) {
				queues.set(key, [...(queues.get(key) ?? []), message]);
				return;
			}
			waiting.delete(key);
			receiver.resolve(message);
		},
		async receive(from, label, byteLength) {
			const message = await take(`${from}${index}`);
			const { step, part } = message.label;
			if (step !== label.step || part !== label.part || message.bytes.length !== byteLength) {
				throw new PeerError(
					'unexpected-message',
					`party ${from}: message ${step}.${part} of ${message.bytes.length} bytes, expected ${label.step}.${label.part} of ${byteLength}`,
				);
			}
			clocks[index] = Math.max(clocks[index], message.depth);
			return message.bytes;
		},
	});
	return {
		channels: [channelOf(0), channelOf(1), channelOf(2)],
		messages,
		rounds: () => messages.reduce((deepest, message) => Math.max(deepest, message.depth), 0),
		bytesByParty() {
			const bytes: [number, number, number] = [0, 0, 0];
			for (const party of PARTIES) {
				for (const message of messages) if (message.from === party) bytes[party] += message.bytes.length;
			}
			return bytes;
		},
		abort(reason) {
			aborted = reason;
			for (const { reject } of waiting.values()) reject(reason);
			waiting.clear();
		},
	};
}
