import type { ServerResponse } from 'node:http';
import type { CollectorSnapshot } from '../../core/events.js';

const MAX_LISTENERS = 256;
const INTERVAL_MS = 500;
const HEARTBEAT_MS = 15_000;

/** Sends snapshots to everybody who listens, as server-sent events. A listener who does not read is dropped. */
export interface EventStream {
	/** Takes over the response; false when too many listen already. */
	add(response: ServerResponse): boolean;
	close(): void;
}

/** The average itself is left out: listeners fetch it when `releasedCount` grows. */
export function createEventStream(snapshot: () => CollectorSnapshot): EventStream {
	const listeners = new Set<ServerResponse>();
	let lastText = '';
	let quietMs = 0;
	const textNow = (): string => {
		const { average: _, uptimeMs: __, ...fields } = snapshot();
		return `event: snapshot\ndata: ${JSON.stringify(fields)}\n\n`;
	};
	const timer = setInterval(() => {
		if (listeners.size === 0) return;
		const text = textNow();
		quietMs += INTERVAL_MS;
		if (text === lastText && quietMs < HEARTBEAT_MS) return;
		for (const listener of listeners) {
			if (listener.writableNeedDrain) listener.destroy();
			else listener.write(text === lastText ? ': still here\n\n' : text);
		}
		lastText = text;
		quietMs = 0;
	}, INTERVAL_MS);
	timer.unref();
	return {
		add(response) {
			if (listeners.size >= MAX_LISTENERS) return false;
			response.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-store' });
			response.write(textNow());
			listeners.add(response);
			response.on('close', () => listeners.delete(response));
			return true;
		},
		close() {
			clearInterval(timer);
			for (const listener of listeners) listener.end();
		},
	};
}
