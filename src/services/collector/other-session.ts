import { describeMechanism, type SessionParameters } from '../../core/average/session.js';
import { DataError } from '../../core/errors.js';

/** Throws: DataError that says which parameters differ. */
export function assertSameSession(file: string, stored: SessionParameters, asked: SessionParameters): void {
	const differences = (
		[
			['session', stored.name, asked.name],
			['size', `${stored.width}x${stored.height}`, `${asked.width}x${asked.height}`],
			['colour', colourName(stored.channels), colourName(asked.channels)],
			['mechanism', describeMechanism(stored.mechanism), describeMechanism(asked.mechanism)],
			['minimum batch', String(stored.minBatch), String(asked.minBatch)],
		] as const
	).filter(([, a, b]) => a !== b);
	if (differences.length === 0) return;
	const list = differences.map(([name, a, b]) => `${name} ${a} (asked for ${b})`).join('; ');
	throw new DataError('other-session', `${file}: the store of another session: ${list}`, {
		hint: 'Start the collector with the parameters of the store, or name another file with --store.',
	});
}

function colourName(channels: 1 | 3): string {
	return channels === 1 ? 'gray' : 'rgb';
}
