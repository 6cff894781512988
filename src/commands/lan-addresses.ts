import { type NetworkInterfaceInfo, networkInterfaces } from 'node:os';

type Interfaces = Readonly<Record<string, readonly NetworkInterfaceInfo[] | undefined>>;

/** Made by programs for containers, virtual machines and tunnels: nobody in the room is there. */
const VIRTUAL = /^(?:docker|br-|veth|virbr|vmnet|vboxnet|lxc|cni|tun|tap|wg|utun|zt|tailscale)/;
/** Source: RFC 1918. */
const PRIVATE = /^(?:10\.|192\.168\.|172\.(?:1[6-9]|2\d|3[01])\.)/;

/** The addresses by which others may reach this machine, the likeliest of a room first. */
export function lanAddresses(interfaces: Interfaces = networkInterfaces()): string[] {
	const found = Object.entries(interfaces).flatMap(([name, list]) =>
		(list ?? [])
			// an address with a scope means something on this machine only
			.filter(({ internal, scopeid }) => !internal && !scopeid)
			.map(({ address }) => ({ address, rank: rankOf(name, address) })),
	);
	return found.toSorted((a, b) => a.rank - b.rank).map(({ address }) => address);
}

function rankOf(name: string, address: string): number {
	return (VIRTUAL.test(name) ? 4 : 0) + (address.includes(':') ? 2 : 0) + (PRIVATE.test(address) ? 0 : 1);
}
