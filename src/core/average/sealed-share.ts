import { DataError } from '../errors.js';
import { hexOf } from './hex.js';
import { asciiBytes, type HpkeKeyPair, POINT_BYTES, setupRecipient, setupSender, TAG_BYTES } from './hpke.js';

/** A party's part of a picture, that only this party can open, whoever brings it. */
export interface SealedShare {
	/** Encapsulated key, ciphertext, tag. */
	readonly sealed: Uint8Array<ArrayBuffer>;
	/** What only the party can answer, once it has opened this and holds it. */
	readonly receipt: string;
}

/** What a seal is bound to: it opens for no other picture, session or party. */
export interface SealPlace {
	/** `hashSession` of it: a server that was told of other noise or another minimum batch cannot open. */
	readonly session: string;
	/** 32 lower-case hexadecimal digits. */
	readonly id: string;
	readonly party: number;
}

/** A sealed share is so much longer than the share. */
export const SEAL_BYTES = POINT_BYTES + TAG_BYTES;

const RECEIPT_BYTES = 16;

/**
 * Seals a share to a party. Repeating it gives other bytes and another receipt: a share that is sent again is sent as it
 * was sealed.
 * Shape: `SEAL_BYTES` more than `body`; the receipt is 32 hexadecimal digits.
 * Throws: DOMException for an upload key that is no point of P-256.
 * Source: RFC 9180, base mode with one message; the receipt is a secret export (5.3) that goes back.
 */
export async function sealShare(
	subtle: SubtleCrypto,
	uploadKey: Uint8Array<ArrayBuffer>,
	place: SealPlace,
	body: Uint8Array<ArrayBuffer>,
): Promise<SealedShare> {
	const { encapsulated, context } = await setupSender(subtle, uploadKey, infoOf(place));
	const ciphertext = await context.seal(aadOf(place), body);
	const sealed = new Uint8Array(encapsulated.length + ciphertext.length);
	sealed.set(encapsulated);
	sealed.set(ciphertext, encapsulated.length);
	return { sealed, receipt: hexOf(await context.exportSecret(asciiBytes('receipt'), RECEIPT_BYTES)) };
}

/**
 * Opens what was sealed to this party, and gives the receipt to answer when the share is durable.
 * Throws: DataError 'not-sealed-here' for bytes that were not sealed to this key, for this place.
 */
export async function openShare(
	subtle: SubtleCrypto,
	own: HpkeKeyPair,
	place: SealPlace,
	sealed: Uint8Array<ArrayBuffer>,
): Promise<{ body: Uint8Array<ArrayBuffer>; receipt: string }> {
	try {
		const context = await setupRecipient(subtle, sealed.slice(0, POINT_BYTES), own, infoOf(place));
		const body = await context.open(aadOf(place), sealed.slice(POINT_BYTES));
		return { body, receipt: hexOf(await context.exportSecret(asciiBytes('receipt'), RECEIPT_BYTES)) };
	} catch (cause) {
		throw new DataError('not-sealed-here', 'the share was not sealed to this server, for this picture and session', {
			hint: 'Load the page again: the servers may have new keys, or keep the session otherwise than the page was told.',
			cause,
		});
	}
}

function infoOf({ session, party }: SealPlace): Uint8Array<ArrayBuffer> {
	return asciiBytes(`veilcam upload 1 ${session} ${party}`);
}

function aadOf({ id }: SealPlace): Uint8Array<ArrayBuffer> {
	return asciiBytes(id);
}
