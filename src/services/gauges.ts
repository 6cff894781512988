import { Counter, Gauge, Registry } from 'prom-client';

/** Figures in the text format of Prometheus, read when they are asked for. Names get the prefix. */
export interface Gauges {
	readonly registry: Registry;
	/** What goes up and down. */
	gauge(name: string, help: string, read: () => number): void;
	/** What only grows; `_total` is added to its name. */
	counter(name: string, help: string, read: () => number): void;
	/** The same, cause by cause. */
	causes(name: string, help: string, read: () => ReadonlyMap<string, number>): void;
}

export function createGauges(prefix: string): Gauges {
	const registry = new Registry();
	const registers = [registry];
	return {
		registry,
		gauge(name, help, read) {
			new Gauge({
				...{ name: `${prefix}_${name}`, help, registers },
				collect() {
					this.set(read());
				},
			});
		},
		counter(name, help, read) {
			new Counter({
				...{ name: `${prefix}_${name}_total`, help, registers },
				collect() {
					this.reset();
					this.inc(read());
				},
			});
		},
		causes(name, help, read) {
			new Counter({
				...{ name: `${prefix}_${name}_total`, help, registers, labelNames: ['cause'] },
				collect() {
					this.reset();
					for (const [cause, count] of read()) this.inc({ cause }, count);
				},
			});
		},
	};
}
