import { randomFillSync } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { TlsTransport } from '../../core/mpc/transport/tls-transport.js';
import type { PartyConfig } from '../party/party-config.js';
import { startShares } from './start-shares.js';
import { uploadKeyOf } from './upload-key.js';

type Handler = (request: IncomingMessage, response: ServerResponse) => void;

/** The shares of pictures beside whatever else a party does. */
export interface SharesBeside {
	/** A handler that answers what is about shares, and leaves the rest to `handle`. */
	before(handle: Handler): Handler;
	close(): void;
}

/**
 * Starts a party's part in shares of pictures where its configuration names a file for them. The report route stands
 * before the framework, as the collector's does.
 * Throws: DataError when the store cannot be used; the transport is closed then.
 */
export async function sharesBeside(config: PartyConfig, transport: TlsTransport): Promise<SharesBeside> {
	const { sharesFile } = config;
	if (sharesFile === undefined) return { before: (handle) => handle, close() {} };
	try {
		const random = { fillInto: (bytes: Uint8Array) => void randomFillSync(bytes) };
		const uploadKey = await uploadKeyOf(config.keyPem);
		const shares = startShares({ config: { ...config, sharesFile }, transport, random, uploadKey });
		return {
			before: (handle) => (request, response) => {
				if (!shares.route(request, response)) handle(request, response);
			},
			close: () => shares.close(),
		};
	} catch (error) {
		await transport.close();
		throw error;
	}
}
