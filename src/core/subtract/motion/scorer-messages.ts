/** What a thread that scores is asked. The first request opens SEAL for one plaintext modulus and evaluation key. */
export type ScorerRequest =
	| { readonly kind: 'open'; readonly plainModulus: bigint; readonly evaluationKey: Uint8Array }
	| { readonly kind: 'add'; readonly a: Uint8Array; readonly b: Uint8Array }
	| { readonly kind: 'finish' };

export type ScorerReply =
	| { readonly kind: 'done'; readonly score: Uint8Array | null }
	/** Refused as a DataError, of which the parts are here: classes do not cross threads. */
	| { readonly kind: 'refused'; readonly code: string; readonly message: string; readonly hint: string | undefined }
	| { readonly kind: 'failed'; readonly error: unknown };
