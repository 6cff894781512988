import type { ExecutionContext } from 'ava';
import { PARTIES } from '../../../src/core/mpc/party-index.js';
import type { PartyConfig } from '../../../src/services/party/party-config.js';
import { startTcpProxy, type TcpProxy } from '../../helpers/tcp-proxy.js';

/** The wires between three parties, by the pair that they join. */
export interface ProxiedLinks {
	readonly configs: readonly PartyConfig[];
	readonly links: readonly { readonly pair: string; readonly proxy: TcpProxy }[];
}

/** Puts a proxy into each link: the later party of a pair dials it in place of the earlier one. */
export async function proxyLinks(t: ExecutionContext, configs: readonly PartyConfig[]): Promise<ProxiedLinks> {
	const links: { readonly pair: string; readonly proxy: TcpProxy }[] = [];
	const rewired: PartyConfig[] = [];
	for (const config of configs) {
		const [a, b, c] = await Promise.all(
			PARTIES.map(async (peer) => {
				const address = config.peers[peer];
				if (peer >= config.index) return address;
				const proxy = await startTcpProxy(t, address.port);
				links.push({ pair: `${peer}${config.index}`, proxy });
				return { ...address, port: proxy.port };
			}),
		);
		rewired.push({ ...config, peers: [a, b, c] });
	}
	return { configs: rewired, links };
}
