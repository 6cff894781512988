import type { Registry } from 'prom-client';
import { createGauges } from '../gauges.js';
import type { FrameStore } from './frame-store.js';
import type { Places } from './places.js';
import type { SubtractorStats } from './stats.js';

/** The subtractor's figures in the text format of Prometheus. */
export function createSubtractorMetrics(stats: SubtractorStats, store: FrameStore, places: Places): Registry {
	const { registry, gauge, counter, causes } = createGauges('veilcam_subtractor');
	counter('differences', 'Differences answered since the start', () => stats.differences);
	counter('frames_accepted', 'Frames taken in since the start', () => stats.uploads);
	counter('frames_duplicate', 'Frames that were held already', () => stats.duplicates);
	counter('received_bytes', 'Bytes of frames that came', () => stats.bytesIn);
	counter('sent_bytes', 'Bytes of differences that went', () => stats.bytesOut);
	causes('requests_rejected', 'Requests turned away, by cause', () => stats.rejected);
	gauge('frames', 'Frames that are kept', () => store.frameCount);
	gauge('frame_bytes', 'Bytes of the frames that are kept', () => store.bytes);
	gauge('requests_at_work', 'Uploads and differences under way', () => places.taken);
	gauge('answer_p99_seconds', 'What 99 of 100 of the newest differences took at most', () => {
		return (stats.durationMs(0.99) ?? 0) / 1000;
	});
	gauge('open_connections', 'Open connections', () => stats.openConnections);
	gauge('resident_bytes', 'Resident memory of the process', () => process.memoryUsage.rss());
	return registry;
}
