import { connect, createServer, type TLSSocket } from 'node:tls';
import type { ExecutionContext } from 'ava';
import { createFrameReader, encodeFrame, type Frame } from '../../../src/core/mpc/transport/frame.js';
import type { PartyConfig } from '../../../src/services/party/party-config.js';

/** What is sent in place of the frame of that number, counted from `tamper`; bytes go as they are. */
export interface Tampering {
	readonly at: number;
	readonly send: (frame: Frame) => readonly Uint8Array[];
}

/** A link whose messages a party with the keys of both ends reads and changes. */
export interface FrameProxy {
	readonly port: number;
	/** Changes what the dialing party sends; resolves when it has. */
	tamper(tampering: Tampering): Promise<void>;
}

/** Poses as the one who listens to the one who dials, and the other way round. */
export async function startFrameProxy(
	t: ExecutionContext,
	listening: PartyConfig,
	dialing: PartyConfig,
): Promise<FrameProxy> {
	const identity = (config: PartyConfig) => ({
		key: config.keyPem,
		cert: config.peers[config.index].certificatePem,
		minVersion: 'TLSv1.3' as const,
		rejectUnauthorized: false,
	});
	let tampering: Tampering | undefined;
	let seen = 0;
	let tellDone = (): void => {};
	const open = new Set<TLSSocket>();
	const server = createServer({ ...identity(listening), requestCert: true }, (near) => {
		const far = connect({ ...identity(dialing), host: '127.0.0.1', port: listening.peers[listening.index].port });
		for (const [socket, other] of [
			[near, far],
			[far, near],
		]) {
			open.add(socket);
			socket.setNoDelay(true);
			socket.on('error', () => void socket.destroy());
			socket.on('close', () => {
				open.delete(socket);
				other.destroySoon();
			});
		}
		far.on('data', (piece) => near.write(piece));
		const read = createFrameReader(
			() => 10_000_000,
			(frame) => {
				const isDue = tampering !== undefined && seen === tampering.at;
				seen++;
				if (far.destroyed) return;
				if (!isDue || tampering === undefined) {
					far.write(encodeFrame(frame));
					return;
				}
				for (const bytes of tampering.send(frame)) far.write(bytes);
				tellDone();
			},
		);
		near.on('data', read);
	});
	await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
	t.teardown(async () => {
		const closed = new Promise((resolve) => server.close(resolve));
		for (const socket of open) socket.destroy();
		await closed;
	});
	const address = server.address();
	return {
		port: typeof address === 'object' && address !== null ? address.port : 0,
		tamper(next) {
			tampering = next;
			seen = 0;
			return new Promise((resolve) => {
				tellDone = resolve;
			});
		},
	};
}
