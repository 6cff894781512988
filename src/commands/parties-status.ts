import { PeerError } from '../core/errors.js';
import type { PartyStatus } from '../core/events.js';
import { openConnection } from '../services/client/connection.js';
import { askStatus } from '../services/client/party-status.js';
import { readClientConfig } from '../services/party/party-config.js';
import type { CommandContext, CommandResult } from './define-command.js';

/** Asks three parties, here or elsewhere, how they are. Throws: PeerError when none answers, PolicyError. */
export async function partiesStatus(dir: string, context: CommandContext): Promise<CommandResult> {
	const { parties, token } = readClientConfig(dir);
	const { signal } = context.abort;
	const answers = await Promise.all(
		parties.map(async ({ url, fingerprint }, party): Promise<PartyStatus | { party: number; error: string }> => {
			try {
				const connection = await openConnection({ url, fingerprint, token, concurrency: 1, signal });
				try {
					return await askStatus(connection);
				} finally {
					connection.close();
				}
			} catch (error) {
				if (error instanceof PeerError) return { party, error: error.message };
				throw error;
			}
		}),
	);
	if (answers.every((answer) => 'error' in answer)) {
		throw new PeerError('no-party', `none of the three parties of ${dir} answers`, {
			hint: 'Start them: `veilcam parties up` on one machine, `veilcam party` on each of three.',
		});
	}
	const lines = answers.map(
		(answer) => `party ${answer.party}: ${'error' in answer ? answer.error : sentence(answer)}`,
	);
	return { fields: { parties: answers }, text: lines.join('\n') };
}

function sentence(status: PartyStatus): string {
	const links = status.isConnected.every(Boolean) ? 'linked to both others' : 'not linked to both others';
	const { jobsDone, jobsFailed, jobsQueued, jobsRunning, bytesSent, residentBytes } = status;
	const jobs = `${jobsDone} jobs done, ${jobsFailed} failed, ${jobsRunning} running, ${jobsQueued} queued`;
	const asked = Object.entries(status.queries).map(([client, count]) => `${count} by ${client}`);
	const questions = asked.length === 0 ? '' : `, questions to the gallery: ${asked.join(', ')}`;
	return `${links}, ${jobs}${questions}, ${bytesSent} bytes sent, ${Math.round(residentBytes / 1e6)} MB in memory`;
}
