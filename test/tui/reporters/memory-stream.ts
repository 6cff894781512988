import { Writable } from 'node:stream';

/** A stream that remembers what was written; `columns` makes it a terminal of that width. */
export class MemoryStream extends Writable {
	readonly isTTY: boolean;
	readonly columns: number | undefined;
	text = '';

	constructor(columns?: number) {
		super({ decodeStrings: false });
		this.isTTY = columns !== undefined;
		this.columns = columns;
	}

	override _write(chunk: unknown, _encoding: BufferEncoding, callback: () => void): void {
		this.text += String(chunk);
		callback();
	}

	get lines(): string[] {
		return this.text.split('\n').slice(0, -1);
	}
}
