import type { Engine } from './engine.js';
import type { EngineParts, EngineRequest } from './engine-messages.js';
import { SAMPLES_PER_CIPHERTEXT } from './parameters.js';

/** Does one request on an engine. `samples` of an encryption begin with those of ciphertext `first`. */
export function doEngineWork(engine: Engine, request: EngineRequest): EngineParts {
	const { first, count } = request;
	return Array.from({ length: count }, (_, i) => {
		if (request.kind === 'decrypt') return engine.decryptRecord(request.header, request.records[i], first + i);
		const { shape, id, samples } = request;
		const part = samples.subarray(i * SAMPLES_PER_CIPHERTEXT, (i + 1) * SAMPLES_PER_CIPHERTEXT);
		return engine.encryptRecord({ shape, id }, first + i, part);
	});
}
