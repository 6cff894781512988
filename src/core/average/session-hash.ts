import { hexOf } from './hex.js';
import { asciiBytes } from './hpke.js';
import { parseSessionParameters, type SessionParameters } from './session.js';

/** One text for one session, whatever else is said of it: what parties hash, and cameras that were told of the session. */
export function sessionText(session: SessionParameters): string {
	return JSON.stringify(parseSessionParameters(session));
}

/** SHA-256 of `sessionText`, in hexadecimal. */
export async function hashSession(subtle: SubtleCrypto, session: SessionParameters): Promise<string> {
	return hexOf(new Uint8Array(await subtle.digest('SHA-256', asciiBytes(sessionText(session)))));
}
