import type { LostOutput, OutputStream } from './reporter.js';

/**
 * Writes to a stream that may break at any time: `veilcam … | head` closes the pipe, and an unhandled `error` event
 * would end the process with a stack trace. After the first error nothing more is written to that stream.
 */
export function outputTo(
	stream: OutputStream,
	name: LostOutput['stream'],
	onLost: ((lost: LostOutput) => void) | undefined,
): (text: string) => void {
	let lost = false;
	stream.on('error', (error: NodeJS.ErrnoException) => {
		if (!lost) {
			lost = true;
			onLost?.({ stream: name, brokenPipe: error.code === 'EPIPE', error });
		}
	});
	return (text) => {
		if (!lost && stream.writable) {
			stream.write(text);
		}
	};
}
