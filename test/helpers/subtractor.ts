import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import type { ExecutionContext } from 'ava';
import {
	type Subtractor,
	type SubtractorOptions,
	startSubtractor,
} from '../../src/services/subtractor/start-subtractor.js';
import { temporaryFolder } from './temp-folder.js';

export interface TestSubtractor {
	readonly subtractor: Subtractor;
	readonly url: string;
	readonly folder: string;
}

/** A subtractor in this process, on any free port, with a fresh folder; it is closed with the test. */
export async function startTestSubtractor(
	t: ExecutionContext,
	options: Partial<SubtractorOptions> = {},
): Promise<TestSubtractor> {
	const folder = options.storeFolder ?? join(await temporaryFolder(t), 'frames');
	const subtractor = await startSubtractor({
		host: '127.0.0.1',
		port: 0,
		storeFolder: folder,
		retention: { framesPerCamera: 100, bytes: 1e9 },
		nowMs: () => performance.now(),
		warnings: [],
		onFailure: (error) => t.fail(String(error)),
		...options,
	});
	t.teardown(() => subtractor.close());
	return { subtractor, url: subtractor.url, folder };
}

/** A server that answers each request with what `answer` gives, whatever was asked; `requests` are what it was sent. */
export async function startLiar(
	t: ExecutionContext,
	answer: (request: IncomingMessage, body: Buffer) => Promise<Uint8Array> | Uint8Array,
): Promise<{ readonly url: string; readonly requests: string[] }> {
	const requests: string[] = [];
	const server = createServer((request, response) => {
		const chunks: Buffer[] = [];
		request.on('data', (chunk: Buffer) => chunks.push(chunk));
		request.on('end', () => {
			const body = Buffer.concat(chunks);
			requests.push(`${request.method} ${request.url} ${body.length}`);
			Promise.resolve(answer(request, body)).then(
				(bytes) => response.writeHead(200, { 'content-type': 'application/octet-stream' }).end(bytes),
				() => response.destroy(),
			);
		});
	});
	await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
	t.teardown(() => {
		server.closeAllConnections();
		server.close();
	});
	return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, requests };
}
