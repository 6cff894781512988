import type { Registry } from 'prom-client';
import { createGauges } from '../gauges.js';
import type { Counting } from './start-ledger.js';
import type { CollectorStats } from './stats.js';

/** The collector's figures in the text format of Prometheus. */
export function createCollectorMetrics(stats: CollectorStats, ledger: Counting): Registry {
	const { registry, gauge, counter, causes } = createGauges('veilcam_collector');
	counter('reports_accepted', 'Reports counted since the start', () => stats.accepted);
	counter('reports_duplicate', 'Reports that were held already', () => stats.duplicates);
	gauge('reports', 'Reports counted in the session', () => ledger.count);
	gauge('released_reports', 'Reports in the latest release', () => ledger.releasedCount);
	gauge('slots_in_use', 'Reports that are arriving or waiting for their commit', () => ledger.slotsInUse);
	gauge('open_connections', 'Open connections', () => stats.openConnections);
	gauge('resident_bytes', 'Resident memory of the process', () => process.memoryUsage.rss());
	causes('reports_rejected', 'Reports turned away, by cause', () => stats.rejected);
	return registry;
}
