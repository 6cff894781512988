import { Counter, Gauge, Registry } from 'prom-client';
import type { LedgerClient } from './start-ledger.js';
import type { CollectorStats } from './stats.js';

/** The collector's figures in the text format of Prometheus. */
export function createCollectorMetrics(stats: CollectorStats, ledger: LedgerClient): Registry {
	const registry = new Registry();
	const gauge = (name: string, help: string, read: () => number): void => {
		new Gauge({
			name: `veilcam_collector_${name}`,
			help,
			registers: [registry],
			collect() {
				this.set(read());
			},
		});
	};
	const counter = (name: string, help: string, read: () => number): void => {
		new Counter({
			name: `veilcam_collector_${name}_total`,
			help,
			registers: [registry],
			collect() {
				this.reset();
				this.inc(read());
			},
		});
	};
	counter('reports_accepted', 'Reports counted since the start', () => stats.accepted);
	counter('reports_duplicate', 'Reports that were held already', () => stats.duplicates);
	gauge('reports', 'Reports counted in the session', () => ledger.count);
	gauge('released_reports', 'Reports in the latest release', () => ledger.releasedCount);
	gauge('slots_in_use', 'Reports that are arriving or waiting for their commit', () => ledger.slotsInUse);
	gauge('open_connections', 'Open connections', () => stats.openConnections);
	gauge('resident_bytes', 'Resident memory of the process', () => process.memoryUsage.rss());
	new Counter({
		name: 'veilcam_collector_reports_rejected_total',
		help: 'Reports turned away, by cause',
		labelNames: ['cause'],
		registers: [registry],
		collect() {
			this.reset();
			for (const [cause, count] of stats.rejected) this.inc({ cause }, count);
		},
	});
	return registry;
}
