import type { Channel } from '../../core/mpc/channel.js';
import { PARTIES, type PartyIndex } from '../../core/mpc/party-index.js';

/** One party's messages outside of a sum, numbered alike at all three. */
export interface PartyTalk {
	/** Sends each other party its message, and gives theirs. */
	exchange(to: (party: PartyIndex) => Uint8Array, byteLength: number): Promise<ReadonlyMap<PartyIndex, Uint8Array>>;
	/** One party sends, and the two others receive; the sender gets its own bytes. */
	broadcast(from: PartyIndex, bytes: () => Uint8Array, byteLength: number): Promise<Uint8Array>;
	/** One party sends to one other; `bytes` is asked for at the sender, and the receiver gets them. */
	pass(from: PartyIndex, to: PartyIndex, bytes: () => Uint8Array, byteLength: number): Promise<Uint8Array | null>;
	/** Compares a hash that all three should have alike; gives a party that has another one, or null. */
	findOther(hash: Uint8Array): Promise<PartyIndex | null>;
	/** The number of the next message. */
	readonly nextStep: number;
}

export function createTalk(index: PartyIndex, channel: Channel): PartyTalk {
	const others = PARTIES.filter((party) => party !== index);
	let step = 0;
	const exchange: PartyTalk['exchange'] = async (to, byteLength) => {
		const label = { step: step++, part: 0 };
		for (const party of others) channel.send(party, label, to(party));
		const received = others.map(async (party) => {
			return [party, (await channel.receive(party, label, byteLength)).slice()] as const;
		});
		return new Map(await Promise.all(received));
	};
	return {
		exchange,
		async findOther(hash) {
			const hashes = await exchange(() => hash, hash.length);
			return others.find((party) => Buffer.compare(hashes.get(party) ?? hash, hash) !== 0) ?? null;
		},
		async broadcast(from, bytes, byteLength) {
			const label = { step: step++, part: 0 };
			if (index !== from) return (await channel.receive(from, label, byteLength)).slice();
			const own = bytes();
			for (const party of others) channel.send(party, label, own);
			return own;
		},
		async pass(from, to, bytes, byteLength) {
			const label = { step: step++, part: 0 };
			if (index === from) channel.send(to, label, bytes());
			return index === to ? (await channel.receive(from, label, byteLength)).slice() : null;
		},
		get nextStep() {
			return step;
		},
	};
}
