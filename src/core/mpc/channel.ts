import type { PartyIndex } from './party-index.js';

/** Which message of an attempt this is: all parties number steps alike, and a step numbers its messages. */
export interface MessageLabel {
	readonly step: number;
	readonly part: number;
}

/** How one party reaches the two others. */
export interface Channel {
	/** Sends a copy: the bytes may be reused when it returns. */
	send(to: PartyIndex, label: MessageLabel, bytes: Uint8Array): void;
	/**
	 * The message of this label; messages of one sender come in the order in which it sent them.
	 * Throws: PeerError for another label or length, and when the sender fails.
	 */
	receive(from: PartyIndex, label: MessageLabel, byteLength: number): Promise<Uint8Array>;
}
