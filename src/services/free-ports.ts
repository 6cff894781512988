import { randomInt } from 'node:crypto';
import { createServer, type Server } from 'node:net';

/** Below the ports that systems lend to outgoing connections (from 32,768 on Linux, from 49,152 elsewhere). */
const RANGE = { from: 10_240, below: 32_768 };
const TRIES = 1000;

/**
 * Ports of `host` that were free a moment ago, all different. None of those that a system lends to outgoing connections: such
 * a connection could hold the port of a server that is being started again.
 * Throws: the system's error when it lets nobody listen there.
 */
export async function freePorts(count: number, host = '127.0.0.1'): Promise<number[]> {
	const held = new Map<number, Server>();
	try {
		for (let tries = TRIES; held.size < count; tries--) {
			const port = randomInt(RANGE.from, RANGE.below);
			if (held.has(port)) continue;
			try {
				held.set(port, await listenOn(port, host));
			} catch (error) {
				if (tries <= 1) throw error;
			}
		}
	} finally {
		await Promise.all([...held.values()].map((server) => new Promise((resolve) => server.close(resolve))));
	}
	return [...held.keys()];
}

function listenOn(port: number, host: string): Promise<Server> {
	const server = createServer();
	return new Promise((resolve, reject) => {
		server.once('error', reject);
		server.listen(port, host, () => resolve(server));
	});
}
