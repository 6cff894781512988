import { PeerError } from '../../errors.js';
import type { MessageLabel } from '../channel.js';

/** What a frame carries: a message of a step, or word that its sender has given the attempt up. */
export type FrameKind = 'message' | 'abort';

/** One message on a link, with the attempt that it belongs to. */
export interface Frame {
	/** 16 bytes, hexadecimal. */
	readonly attempt: string;
	readonly kind: FrameKind;
	readonly label: MessageLabel;
	readonly body: Uint8Array;
}

//  offset  bytes  field, big-endian
//       0      4  magic "vcm1"
//       4     16  attempt
//      20      4  step
//      24      2  part
//      26      2  kind: 0 message, 1 abort
//      28      4  length of the body, which follows
export const FRAME_HEAD_BYTES = 32;
const MAGIC = 0x76636d31;
const KINDS: readonly FrameKind[] = ['message', 'abort'];

/** The frame as it goes over the wire, in one piece; copies the body. */
export function encodeFrame({ attempt, kind, label, body }: Frame): Buffer {
	const frame = Buffer.allocUnsafe(FRAME_HEAD_BYTES + body.length);
	frame.writeUInt32BE(MAGIC, 0);
	frame.write(attempt, 4, 16, 'hex');
	frame.writeUInt32BE(label.step, 20);
	frame.writeUInt16BE(label.part, 24);
	frame.writeUInt16BE(KINDS.indexOf(kind), 26);
	frame.writeUInt32BE(body.length, 28);
	// filling copies natively, also out of shared memory
	if (body.length > 0) frame.fill(body, FRAME_HEAD_BYTES);
	return frame;
}

/**
 * Takes the pieces of a stream and hands out whole frames in order. `roomFor` says how long a body of an attempt may be;
 * null for an attempt that nobody waits for, whose frames are passed over.
 * Throws: PeerError for what is no frame, and for a body that is too long, before any memory is taken for it.
 */
export function createFrameReader(
	roomFor: (attempt: string, kind: FrameKind) => number | null,
	onFrame: (frame: Frame) => void,
): (piece: Uint8Array) => void {
	const head = Buffer.alloc(FRAME_HEAD_BYTES);
	let headFilled = 0;
	/** What is kept of the body that arrives now; null while a head arrives. */
	let body: Buffer | null = null;
	let bodyBytes = 0;
	let isWanted = true;
	let bodyFilled = 0;

	const beginBody = (): void => {
		if (head.readUInt32BE(0) !== MAGIC || head.readUInt16BE(26) >= KINDS.length) {
			throw new PeerError('not-a-frame', 'sent something that is no message of this protocol');
		}
		bodyBytes = head.readUInt32BE(28);
		bodyFilled = 0;
		const room = roomFor(head.toString('hex', 4, 20), KINDS[head.readUInt16BE(26)]);
		isWanted = room !== null;
		if (room !== null && bodyBytes > room) {
			throw new PeerError('frame-too-long', `sent ${bodyBytes} bytes, expected at most ${room}`);
		}
		body = Buffer.allocUnsafe(isWanted ? bodyBytes : 0);
	};
	const finish = (whole: Buffer): void => {
		body = null;
		headFilled = 0;
		if (!isWanted) return;
		onFrame({
			attempt: head.toString('hex', 4, 20),
			kind: KINDS[head.readUInt16BE(26)],
			label: { step: head.readUInt32BE(20), part: head.readUInt16BE(24) },
			body: whole,
		});
	};
	return (piece) => {
		let at = 0;
		while (at < piece.length || (body !== null && bodyFilled === bodyBytes)) {
			if (body === null) {
				const taken = Math.min(FRAME_HEAD_BYTES - headFilled, piece.length - at);
				head.set(piece.subarray(at, at + taken), headFilled);
				headFilled += taken;
				at += taken;
				if (headFilled === FRAME_HEAD_BYTES) beginBody();
			} else {
				const taken = Math.min(bodyBytes - bodyFilled, piece.length - at);
				if (isWanted) body.set(piece.subarray(at, at + taken), bodyFilled);
				bodyFilled += taken;
				at += taken;
				if (bodyFilled === bodyBytes) finish(body);
			}
		}
	};
}
