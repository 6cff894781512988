import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import type { ExecutionContext } from 'ava';

/** What happens once, to the piece in which that many bytes have passed in the direction, or in both. */
export interface Strike {
	readonly atByte: number;
	readonly in?: Direction;
	/**
	 * `cut`: the connection ends there. `hold`: it stays open and carries nothing more. `drop`, `duplicate`: the piece.
	 * `swap`: the piece comes after the next one.
	 */
	readonly do: 'cut' | 'hold' | 'drop' | 'duplicate' | 'swap';
}

/** `up`: from who dialed. */
export type Direction = 'up' | 'down';

export interface Behaviour {
	/** Each way. */
	readonly delayMs?: number;
	/** Longest piece that is passed on at once; the rest waits a millisecond. */
	readonly bytesPerMs?: number;
	readonly strike?: Strike;
}

/** A wire on loopback that can be made a bad one. */
export interface TcpProxy {
	readonly port: number;
	/** From now on, also for connections that are open; counts start again. Resolves when it strikes. */
	behave(behaviour: Behaviour): Promise<void>;
	/** Ends every connection, and resolves when there is a new one. */
	renew(): Promise<void>;
	/** Bytes in each direction since `behave`. */
	readonly passed: Readonly<Record<Direction, number>>;
}

/** Passes on every byte to the port, until told otherwise. */
export async function startTcpProxy(t: ExecutionContext, targetPort: number): Promise<TcpProxy> {
	let behaviour: Behaviour = {};
	let passed = { up: 0, down: 0 };
	let hasStruck = false;
	let tellStruck = (): void => {};
	const open = new Set<Socket>();

	const strikes = (direction: Direction, length: number): Strike | undefined => {
		const { strike } = behaviour;
		if (strike === undefined || hasStruck || (strike.in ?? direction) !== direction) return undefined;
		const before = strike.in === undefined ? passed.up + passed.down : passed[direction];
		return before + length > strike.atByte ? strike : undefined;
	};
	const join = (from: Socket, to: Socket, direction: Direction, link: { isHeld: boolean }): void => {
		let kept: Buffer | undefined;
		/** Pieces leave in the order in which they came, however long each has to wait. */
		let sending = Promise.resolve();
		const pass = (piece: Buffer): void => {
			const { delayMs = 0, bytesPerMs } = behaviour;
			const dueMs = performance.now() + delayMs;
			sending = sending.then(async () => {
				if (dueMs > performance.now()) await after(dueMs - performance.now());
				const step = bytesPerMs ?? piece.length;
				for (let at = 0; at < piece.length; at += step) {
					if (bytesPerMs !== undefined) await after(1);
					if (!to.destroyed && !link.isHeld) to.write(piece.subarray(at, at + step));
				}
			});
		};
		from.on('data', (piece: Buffer) => {
			if (link.isHeld) return;
			const strike = strikes(direction, piece.length);
			const before = strike?.in === undefined ? passed.up + passed.down : passed[direction];
			passed = { ...passed, [direction]: passed[direction] + piece.length };
			if (strike === undefined) {
				pass(piece);
				if (kept !== undefined) pass(kept);
				kept = undefined;
				return;
			}
			hasStruck = true;
			const part = piece.subarray(0, strike.atByte - before);
			if (strike.do === 'swap') kept = piece;
			if (strike.do === 'duplicate') pass(Buffer.concat([piece, piece]));
			if (strike.do === 'hold' || strike.do === 'cut') to.write(part);
			if (strike.do === 'hold') link.isHeld = true;
			if (strike.do === 'cut') {
				to.end();
				from.destroy();
			}
			tellStruck();
		});
		from.on('error', () => {});
		from.on('close', () => {
			open.delete(from);
			void sending.then(() => to.destroySoon());
		});
	};
	const server = createServer((near) => {
		const far = connect(targetPort, '127.0.0.1');
		const link = { isHeld: false };
		for (const socket of [near, far]) {
			open.add(socket);
			socket.setNoDelay(true);
		}
		join(near, far, 'up', link);
		join(far, near, 'down', link);
	});
	await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
	t.teardown(async () => {
		const closed = new Promise((resolve) => server.close(resolve));
		for (const socket of open) socket.destroy();
		await closed;
	});
	return {
		port: (server.address() as AddressInfo).port,
		behave(next) {
			behaviour = next;
			passed = { up: 0, down: 0 };
			hasStruck = false;
			return new Promise((resolve) => {
				tellStruck = resolve;
			});
		},
		renew() {
			for (const socket of open) socket.destroy();
			return new Promise((resolve) => void server.once('connection', () => resolve()));
		},
		get passed() {
			return passed;
		},
	};
}

function after(ms: number): Promise<void> {
	return new Promise((resolve) => setTimeout(resolve, ms));
}
