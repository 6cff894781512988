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
export type EngineReply =
	| { readonly kind: 'done'; readonly parts: readonly (Uint8Array | Int16Array | null)[] }
	| { readonly kind: 'failed'; readonly error: unknown };
