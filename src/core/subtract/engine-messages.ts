import type { PictureShape } from './parameters.js';
import type { VctHeader } from './vct-header.js';

/** Ciphertexts first..first + count - 1 of a frame or of a difference. */
interface Range {
	readonly first: number;
	readonly count: number;
}

export type EngineRequest =
	| (Range & {
			readonly kind: 'encrypt';
			readonly shape: PictureShape;
			readonly id: Uint8Array;
			readonly samples: Uint8Array;
	  })
	| (Range & { readonly kind: 'decrypt'; readonly header: VctHeader; readonly records: readonly Uint8Array[] });

/** Records, or differences record by record. */
export type EngineParts = readonly (Uint8Array | Int16Array | null)[];

/** `id` tells the requests of one thread apart. */
export interface EngineQuestion {
	readonly id: number;
	readonly request: EngineRequest;
}

/** To the request of this id; 0 stands for the start. */
export type EngineReply = { readonly id: number } & (
	| { readonly kind: 'done'; readonly parts: EngineParts }
	| { readonly kind: 'failed'; readonly error: unknown }
);
