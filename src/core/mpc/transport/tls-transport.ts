import { X509Certificate } from 'node:crypto';
import { connect, createServer, type Server, type TLSSocket } from 'node:tls';
import { PeerError } from '../../errors.js';
import { PARTIES, type PartyIndex } from '../party-index.js';
import { type AttemptChannel, abortFrame, createAttemptChannel } from './attempt-channel.js';
import { createFrameReader, encodeFrame, type Frame, type FrameKind } from './frame.js';

/** Where a party listens for the two others, and the certificate that it shows. */
export interface PeerAddress {
	readonly host: string;
	readonly port: number;
	readonly certificatePem: string;
}

export interface TlsTransportOptions {
	readonly index: PartyIndex;
	readonly keyPem: string;
	/** By party, this one included. */
	readonly peers: readonly [PeerAddress, PeerAddress, PeerAddress];
	/** Longest message that any program of these parties sends. */
	readonly maxMessageBytes: number;
	/** A party that owes a message for so long is silent. */
	readonly timeoutMs: number;
	/** Told when a link comes up or goes down. */
	readonly onLink?: (peer: PartyIndex, isUp: boolean) => void;
}

/** The links of one party to the two others: they stay up between attempts and come back when they break. */
export interface TlsTransport {
	/** Where this party listens; for `port: 0`. */
	readonly port: number;
	isConnected(peer: PartyIndex): boolean;
	/** Resolves when both links are up. Throws: PeerError that names the party which does not answer. */
	connected(timeoutMs: number): Promise<void>;
	/**
	 * Opens the channel of an attempt; before any of its messages can arrive, so before this party's nonce is sent.
	 * Throws: PeerError when the attempt is open already: no attempt runs twice.
	 */
	openAttempt(
		attempt: string,
		options: { readonly maxQueuedBytes: number; readonly describeStep?: (step: number) => string },
	): AttemptChannel;
	/** Forgets the attempt: what still arrives for it is dropped, and who sends it is told if it failed. */
	closeAttempt(attempt: string): void;
	/** Frames of attempts that are not open here, and that were not kept. */
	readonly droppedFrames: number;
	close(): Promise<void>;
}

const MAX_FAILED = 64;
const RECONNECT_MS = { first: 50, longest: 2000 } as const;

/**
 * Listens, and dials the parties before this one; TLS 1.3 with a pinned certificate on both sides.
 * Throws: PeerError when it cannot listen.
 */
export async function createTlsTransport(options: TlsTransportOptions): Promise<TlsTransport> {
	const { index, keyPem, peers } = options;
	const fingerprints = peers.map(({ certificatePem }) => new X509Certificate(certificatePem).fingerprint256);
	const common = {
		key: keyPem,
		cert: peers[index].certificatePem,
		minVersion: 'TLSv1.3',
		// no authority vouches for the parties: each checks that the other has the key of the very certificate it knows
		rejectUnauthorized: false,
	} as const;
	const links = new Map<PartyIndex, TLSSocket>();
	const attempts = new Map<string, AttemptChannel>();
	/** Attempts that failed and were closed, with the reason; the latest. */
	const failed = new Map<string, string>();
	const redials = new Set<NodeJS.Timeout>();
	let linkWaiters: (() => void)[] = [];
	let droppedFrames = 0;
	let closed = false;

	const loseAttempts = (reason: PeerError): void => {
		for (const channel of attempts.values()) channel.lose(reason);
	};
	const adopt = (peer: PartyIndex, socket: TLSSocket): void => {
		const former = links.get(peer);
		if (former !== undefined) {
			former.destroy();
			// what was under way on it is lost, and nobody else would say so
			loseAttempts(partyGone(peer));
		}
		links.set(peer, socket);
		socket.setNoDelay(true);
		const roomFor = (attempt: string, kind: FrameKind): number | null => {
			const channel = attempts.get(attempt);
			if (channel !== undefined) return Math.min(options.maxMessageBytes, channel.maxQueuedBytes);
			droppedFrames++;
			// it ended when this party had no link to say so; of one that was never open here the sender may be early
			const why = failed.get(attempt);
			if (kind === 'message' && why !== undefined) socket.write(encodeFrame(abortFrame(attempt, why)));
			return null;
		};
		const read = createFrameReader(roomFor, (frame) => {
			attempts.get(frame.attempt)?.deliver(peer, frame);
		});
		let reason = partyGone(peer);
		socket.on('data', (piece: Buffer) => {
			try {
				read(piece);
			} catch (error) {
				if (error instanceof PeerError) reason = new PeerError(error.code, `party ${peer} ${error.message}`);
				socket.destroy();
			}
		});
		socket.on('close', () => {
			if (links.get(peer) !== socket) return;
			links.delete(peer);
			options.onLink?.(peer, false);
			loseAttempts(reason);
		});
		options.onLink?.(peer, true);
		for (const wake of linkWaiters.splice(0)) wake();
	};
	const peerOf = (socket: TLSSocket): PartyIndex | undefined => {
		const shown = socket.getPeerX509Certificate()?.fingerprint256;
		return PARTIES.find((peer) => peer !== index && fingerprints[peer] === shown);
	};
	const server: Server = createServer({ ...common, requestCert: true }, (socket) => {
		closeOnError(socket);
		const peer = peerOf(socket);
		// the parties after this one dial; nobody else has business here
		if (peer === undefined || peer < index || closed) socket.destroy();
		else adopt(peer, socket);
	});
	server.on('tlsClientError', () => {});

	const dial = (peer: PartyIndex, waitMs: number): void => {
		if (closed) return;
		const { host, port } = peers[peer];
		const socket = connect({
			...common,
			host,
			port,
		});
		let wasUp = false;
		closeOnError(socket);
		socket.on('secureConnect', () => {
			wasUp = peerOf(socket) === peer;
			if (wasUp) adopt(peer, socket);
			else socket.destroy();
		});
		socket.on('close', () => {
			if (closed) return;
			const timer = setTimeout(
				() => {
					redials.delete(timer);
					dial(peer, wasUp ? RECONNECT_MS.first : Math.min(waitMs * 2, RECONNECT_MS.longest));
				},
				wasUp ? RECONNECT_MS.first : waitMs,
			);
			redials.add(timer);
		});
	};

	await new Promise<void>((resolve, reject) => {
		const { host, port } = peers[index];
		server.once('error', (cause) => {
			reject(new PeerError('peer-port', `${host}:${port}: cannot listen for the other parties`, { cause }));
		});
		server.listen(port, host, () => resolve());
	});
	for (const peer of PARTIES) if (peer < index) dial(peer, RECONNECT_MS.first);
	const address = server.address();
	const listeningPort = typeof address === 'object' && address !== null ? address.port : peers[index].port;
	const missing = (): PartyIndex | undefined => PARTIES.find((peer) => peer !== index && !links.has(peer));

	return {
		port: listeningPort,
		get droppedFrames() {
			return droppedFrames;
		},
		isConnected: (peer) => links.has(peer),
		async connected(timeoutMs) {
			const expired = AbortSignal.timeout(timeoutMs);
			for (let peer = missing(); peer !== undefined; peer = missing()) {
				if (expired.aborted) {
					const { host, port } = peers[peer];
					throw new PeerError('party-unreachable', `party ${peer} (${host}:${port}) does not answer`, {
						hint: 'Start it, and check that the parties have one another’s certificates.',
					});
				}
				await new Promise<void>((resolve) => {
					linkWaiters.push(resolve);
					expired.addEventListener('abort', () => resolve(), { once: true });
				});
			}
		},
		openAttempt(attempt, { maxQueuedBytes, describeStep }) {
			if (attempts.has(attempt)) throw new PeerError('attempt-open', `attempt ${attempt} is running already`);
			const channel = createAttemptChannel({
				attempt,
				index,
				timeoutMs: options.timeoutMs,
				maxQueuedBytes,
				...(describeStep === undefined ? {} : { describeStep }),
				send(to: PartyIndex, frame: Frame) {
					const link = links.get(to);
					if (link !== undefined) link.write(encodeFrame(frame));
					else if (frame.kind === 'message') channel.lose(partyGone(to));
				},
			});
			attempts.set(attempt, channel);
			return channel;
		},
		closeAttempt(attempt) {
			const failure = attempts.get(attempt)?.failure ?? null;
			attempts.delete(attempt);
			if (failure === null) return;
			failed.set(attempt, failure.message);
			const [oldest] = failed.keys();
			if (oldest !== undefined && failed.size > MAX_FAILED) failed.delete(oldest);
		},
		async close() {
			closed = true;
			for (const timer of redials) clearTimeout(timer);
			linkWaiters = [];
			for (const channel of attempts.values())
				channel.fail(new PeerError('party-closing', `party ${index} is ending`), true);
			for (const socket of links.values()) socket.destroySoon();
			await new Promise<void>((resolve) => server.close(() => resolve()));
		},
	};
}

/** A damaged record is an error that leaves a socket open and deaf: the link would count as up, and never be dialed again. */
function closeOnError(socket: TLSSocket): void {
	socket.on('error', () => void socket.destroy());
}

function partyGone(peer: PartyIndex): PeerError {
	return new PeerError('party-gone', `the link to party ${peer} is down`, {
		hint: `Check that party ${peer} is running and can be reached.`,
	});
}
