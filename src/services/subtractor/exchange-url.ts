/** What the exchange route is asked for. */
export type Exchange =
	/** Two frames come, their difference goes. */
	| { readonly kind: 'pair' }
	/** Two frames for motion come, their scores go. */
	| { readonly kind: 'scores' }
	/** A frame comes and is kept; where `against` names one, their difference goes. */
	| { readonly kind: 'upload'; readonly camera: string; readonly id: string; readonly against: string | undefined }
	/** The difference of two frames that are kept. */
	| { readonly kind: 'kept'; readonly camera: string; readonly id: string; readonly against: string };

/** For the frame that came before. */
export const PREVIOUS = 'previous';

/**
 * The trailer that tells why an answer ends early: percent-encoded, for a header is ASCII. Such an answer is too short for
 * its own header, so that nobody takes it for whole.
 */
export const ERROR_TRAILER = 'veilcam-error';

const CAMERA = '([A-Za-z0-9][\\w.-]{0,63})';
const ID = '([0-9a-f]{32})';
const OTHER = `(${PREVIOUS}|[0-9a-f]{32})`;
const UPLOAD = new RegExp(`^/v1/cameras/${CAMERA}/frames/${ID}(?:\\?against=${OTHER})?$`);
const KEPT = new RegExp(`^/v1/cameras/${CAMERA}/differences/${ID}/${OTHER}$`);

/** What a camera may be called. */
export const CAMERA_NAME = new RegExp(`^${CAMERA}$`);

/**
 * `POST /v1/differences`, `POST /v1/scores`, `PUT /v1/cameras/:camera/frames/:id?against=:id`, `GET /v1/cameras/:camera/differences/:a/:b`,
 * or null for another route. Ids are 128 bits in lower-case hexadecimal, as `inspect` shows them.
 */
export function parseExchange(method: string | undefined, url: string): Exchange | null {
	if (method === 'POST' && url === '/v1/differences') return { kind: 'pair' };
	if (method === 'POST' && url === '/v1/scores') return { kind: 'scores' };
	const match = (method === 'PUT' ? UPLOAD : method === 'GET' ? KEPT : null)?.exec(url);
	if (match === null || match === undefined) return null;
	const [, camera, id, against] = match;
	return method === 'PUT' ? { kind: 'upload', camera, id, against } : { kind: 'kept', camera, id, against };
}
