import { PeerError } from '../../core/errors.js';
import { createLocalParties, type LocalParties, type LocalRules } from './local-parties.js';
import { partyFile } from './party-config.js';
import { type Supervised, type SuperviseOptions, supervise } from './supervise.js';

/** Between finding a free port and taking it another program may take it. */
const PORT_TRIES = 4;

/**
 * Makes three parties for one machine and starts them. `basePort` 0 looks for other ports when one was taken meanwhile.
 * Throws: as `createLocalParties` and `supervise`.
 */
export async function superviseLocal(
	folder: string,
	basePort: number,
	options: Omit<SuperviseOptions, 'configFiles'> & LocalRules,
): Promise<LocalParties & { readonly supervised: Supervised }> {
	for (let attempt = 1; ; attempt++) {
		const local = await createLocalParties(folder, basePort, options);
		try {
			const configFiles = local.configs.map(({ index }) => partyFile(folder, index));
			return { ...local, supervised: await supervise({ ...options, configFiles }) };
		} catch (error) {
			if (basePort !== 0 || attempt === PORT_TRIES || !isPortTaken(error)) throw error;
		}
	}
}

function isPortTaken(error: unknown): boolean {
	return error instanceof PeerError && (error.code === 'port-in-use' || error.code === 'peer-port');
}
