import { readFile } from 'node:fs/promises';
import { BugError } from '../errors.js';
import { packagePath } from '../package-root.js';

/** Compiled code, by name: it never changes, and compiling takes longer than many a job. */
const compiled = new Map<string, Promise<WebAssembly.Module>>();

/**
 * Instantiates dist/wasm/<name>.wasm on a memory. `Exports` states what the AssemblyScript source exports.
 * Throws: BugError when the file is missing or this Node cannot run it.
 */
export async function loadKernel<Exports>(name: string, memory: WebAssembly.Memory): Promise<Exports> {
	const file = packagePath('dist', 'wasm', `${name}.wasm`);
	try {
		const module = compiled.get(name) ?? readFile(file).then((bytes) => WebAssembly.compile(bytes));
		compiled.set(name, module);
		const instance = await WebAssembly.instantiate(await module, { env: { memory } });
		// wasm carries no TypeScript types: the interface beside the caller is the declaration of this module's exports
		return instance.exports as Exports;
	} catch (cause) {
		throw new BugError('kernel-not-loaded', `cannot load the kernel ${file}`, {
			hint: 'Run `npm run build` in a checkout, or install veilcam again.',
			cause,
		});
	}
}
