import { BugError } from '../errors.js';

/** A caller that passes a body of another length has mixed up two sessions. */
export function requireBodyLength(body: Uint8Array, expectedBytes: number): void {
	if (body.length !== expectedBytes) {
		throw new BugError('report-length', `report body: expected ${expectedBytes} bytes, got ${body.length}`);
	}
}
