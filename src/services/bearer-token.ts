import { createHash, timingSafeEqual } from 'node:crypto';

/**
 * Whether an Authorization header carries the token, in a time that does not depend on how much of it is right.
 * Without a token everybody is let in.
 */
export function createTokenCheck(token: string | undefined): (authorization: string | undefined) => boolean {
	if (token === undefined) return () => true;
	const expected = digest(`Bearer ${token}`);
	return (authorization) => authorization !== undefined && timingSafeEqual(digest(authorization), expected);
}

/** The client whose token an Authorization header carries; each token has a label. Time: as `createTokenCheck`. */
export function createClientCheck(
	tokens: Readonly<Record<string, string>>,
): (authorization: string | undefined) => string | undefined {
	const checks = Object.entries(tokens).map(([client, token]) => ({ client, isTheirs: createTokenCheck(token) }));
	return (authorization) => {
		let found: string | undefined;
		// all are compared, whichever it is
		for (const { client, isTheirs } of checks) if (isTheirs(authorization)) found = client;
		return found;
	};
}

// digests have one length whatever came, as the comparison needs
function digest(text: string): Uint8Array {
	return createHash('sha256').update(text).digest();
}
