// Drains bodies and answers: what Node's HTTP server costs by itself. Prints its port; ends with its standard input.
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

const server = createServer((request, response) => {
	request.resume();
	request.on('end', () => {
		response.writeHead(201, { 'content-length': 0 });
		response.end();
	});
});
server.listen(0, '127.0.0.1', () => {
	const { port } = server.address() as AddressInfo;
	process.stdout.write(`${port}\n`);
});
process.stdin.on('end', () => process.exit()).resume();
