import { createServer, type Server } from 'node:net';
import test from 'ava';
import { freePorts } from '../../src/services/free-ports.js';

test('ports are free, all different, and none that a system lends to outgoing connections', async (t) => {
	const ports = await freePorts(50);
	t.is(new Set(ports).size, 50);
	const servers = await Promise.all(
		ports.map((port) => {
			t.true(port > 10_000 && port < 32_768, `${port}`);
			const server = createServer();
			return new Promise<Server>((resolve, reject) => {
				server.once('error', reject);
				server.listen(port, '127.0.0.1', () => resolve(server));
			});
		}),
	);
	await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))));
});

test('an address that is not of this machine ends with the error of the system', async (t) => {
	await t.throwsAsync(freePorts(1, '192.0.2.1'), { code: 'EADDRNOTAVAIL' });
});
