import type { Registry } from 'prom-client';
import { createGauges } from '../gauges.js';
import type { ExchangeParts } from './serve-exchange.js';

type MeasuredParts = Pick<ExchangeParts, 'stats' | 'store' | 'places' | 'scorers' | 'turns'>;

/** The subtractor's figures in the text format of Prometheus. */
export function createSubtractorMetrics({ stats, store, places, scorers, turns }: MeasuredParts): Registry {
	const { registry, gauge, counter, causes } = createGauges('veilcam_subtractor');
	counter('differences', 'Differences answered since the start', () => stats.differences.count);
	counter('scores', 'Motion scores answered since the start', () => stats.scores.count);
	counter('frames_accepted', 'Frames taken in since the start', () => stats.uploads);
	counter('frames_duplicate', 'Frames that were held already', () => stats.duplicates);
	counter('received_bytes', 'Bytes of frames that came', () => stats.bytesIn);
	counter('sent_bytes', 'Bytes of differences and scores that went', () => stats.bytesOut);
	causes('requests_rejected', 'Requests turned away, by cause', () => stats.rejected);
	gauge('frames', 'Frames that are kept', () => store.frameCount);
	gauge('frame_bytes', 'Bytes of the frames that are kept', () => store.bytes);
	gauge('requests_at_work', 'Uploads, differences and scores under way', () => places.taken);
	gauge('scores_at_work', 'Motion scores under way', () => scorers.taken);
	gauge('pairs_waiting', 'Pairs that wait unread for those before them', () => turns.waiting);
	gauge('answer_p99_seconds', 'What 99 of 100 of the newest differences took at most', () => {
		return (stats.differences.durationMs(0.99) ?? 0) / 1000;
	});
	gauge('score_p99_seconds', 'What 99 of 100 of the newest motion scores took at most', () => {
		return (stats.scores.durationMs(0.99) ?? 0) / 1000;
	});
	gauge('open_connections', 'Open connections', () => stats.openConnections);
	gauge('resident_bytes', 'Resident memory of the process', () => process.memoryUsage.rss());
	return registry;
}
