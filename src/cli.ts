#!/usr/bin/env node
// Keeps the exit code in one place: a second Ctrl-C, or a stream that nobody reads, ends the process here and nowhere else.
import { main } from './main.js';

const exitCode = await main(process.argv.slice(2), {
	stdin: process.stdin,
	stdout: process.stdout,
	stderr: process.stderr,
	env: process.env,
	onSignal: (listener) => {
		for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, listener);
	},
	endNow: (code) => process.exit(code),
});
process.exitCode = exitCode;
// A library may hold a handle (a keep-alive socket, a thread) that would keep a finished command waiting.
setTimeout(() => process.exit(exitCode), 500).unref();
