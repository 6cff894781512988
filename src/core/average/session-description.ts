import { PeerError } from '../errors.js';
import { bytesOfHex } from './hex.js';
import { createMechanism } from './mechanism.js';
import { parseSessionParameters, type SessionParameters, sampleCountOf } from './session.js';
import { WIRE_VERSION } from './versions.js';

/** What `GET …/session` answers: all that a camera needs to send a report. */
export interface SessionDescription extends SessionParameters {
	readonly wireVersion: number;
	readonly reportBytes: number;
	/** Reports counted and durable. */
	readonly count: number;
	/** Reports in the latest release; 0 before the first. */
	readonly releasedCount: number;
	/** Where the shares of a picture go; only in a session on shares. */
	readonly shares?: SharesTarget;
}

/** Three parties, and what is to be shown to them with an upload. */
export interface SharesTarget {
	/** By party. */
	readonly parties: readonly SharesServer[];
	readonly uploadToken: string;
}

/** An uncompressed point of P-256. */
export const UPLOAD_KEY_BYTES = 65;

/** One of the three. */
export interface SharesServer {
	readonly url: string;
	/** SHA-256 of its certificate, for those who can pin one. */
	readonly fingerprint: string;
	/** What pages seal shares to, in hexadecimal. */
	readonly uploadKey: string;
}

export function describeSession(
	session: SessionParameters,
	counts: { readonly count: number; readonly releasedCount: number },
	shares?: SharesTarget,
): SessionDescription {
	const { count, releasedCount } = counts;
	const reportBytes = createMechanism(session.mechanism).reportBytes(sampleCountOf(session));
	const described = { ...session, wireVersion: WIRE_VERSION, reportBytes, count, releasedCount };
	return shares === undefined ? described : { ...described, shares };
}

/**
 * Reads a server's description.
 * Throws: PeerError for another version of the wire format or parameters out of range.
 */
export function parseSessionDescription(value: unknown): SessionDescription {
	const fields: Record<string, unknown> = typeof value === 'object' && value !== null ? { ...value } : {};
	if (fields.wireVersion !== WIRE_VERSION) {
		// a number is all that is quoted: anything else may be long, or an object that has no text
		const spoken = typeof fields.wireVersion === 'number' ? `version ${fields.wireVersion}` : 'no known version';
		throw new PeerError(
			'wire-version',
			`the server speaks ${spoken} of the report format, this veilcam version ${WIRE_VERSION}`,
			{ hint: 'Check that the address is that of a collector, and use the same version of veilcam on both sides.' },
		);
	}
	const session = parseSessionParameters(value, 'peer');
	const counts = { count: Number(fields.count ?? 0), releasedCount: Number(fields.releasedCount ?? 0) };
	return describeSession(session, counts, session.mechanism.kind === 'shares' ? parseTarget(fields.shares) : undefined);
}

function parseTarget(value: unknown): SharesTarget {
	const { parties, uploadToken }: Record<string, unknown> = Object.assign({}, value);
	const list = Array.isArray(parties) ? parties.flatMap((party: unknown) => parseParty(party)) : [];
	if (list.length !== 3 || typeof uploadToken !== 'string') {
		throw new PeerError('session-parameter', "the server's session: shares: expected three parties and a token");
	}
	return { parties: list, uploadToken };
}

function parseParty(value: unknown): SharesServer[] {
	const { url, fingerprint, uploadKey }: Record<string, unknown> = Object.assign({}, value);
	const isServer =
		typeof url === 'string' &&
		URL.canParse(url) &&
		typeof fingerprint === 'string' &&
		typeof uploadKey === 'string' &&
		bytesOfHex(uploadKey, UPLOAD_KEY_BYTES) !== undefined;
	return isServer ? [{ url, fingerprint, uploadKey }] : [];
}
