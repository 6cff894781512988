import { createHash } from 'node:crypto';
import { describeMechanism, type SessionParameters } from '../../core/average/session.js';

const styleOf = ({ width, height }: SessionParameters): string => `
	:root { --shape: ${width / height}; color-scheme: dark light; font: 16px/1.5 system-ui, sans-serif; }
	body { margin: 0; min-height: 100vh; display: grid; place-content: center; justify-items: center; gap: 1rem; padding: 1rem; box-sizing: border-box; }
	img { width: min(90vw, 70vh * var(--shape)); height: auto; image-rendering: auto; background: #8884; border-radius: .5rem; }
	p { margin: 0; text-align: center; max-width: 40rem; }
	#count { font-size: 1.5rem; font-variant-numeric: tabular-nums; }
`;

// Asks for the token only where the collector wants one, and keeps it in this page alone.
const SCRIPT = `
	const base = '/v1/sessions/' + encodeURIComponent(document.body.dataset.session) + '/';
	const count = document.getElementById('count'), note = document.getElementById('note'), picture = document.getElementById('average');
	let token = decodeURIComponent(location.hash.slice(1)), shown = 0;
	const get = (path) => fetch(base + path, { headers: token ? { authorization: 'Bearer ' + token } : {} });
	const update = async () => {
		try {
			const response = await get('session');
			if (response.status === 401) { note.textContent = 'This collector asks for its token: add #TOKEN to the address.'; return; }
			const session = await response.json();
			count.textContent = session.count.toLocaleString('en') + ' pictures';
			if (session.releasedCount > shown) {
				const answer = await get('average.png');
				if (answer.ok) {
					URL.revokeObjectURL(picture.src);
					picture.src = URL.createObjectURL(await answer.blob());
					picture.hidden = false;
					shown = session.releasedCount;
				}
			}
			note.textContent = shown > 0 ? 'The average of ' + shown.toLocaleString('en') + ' pictures.' : 'The average appears after ' + session.minBatch + ' pictures.';
		} catch { note.textContent = 'The collector does not answer. Trying again.'; }
		setTimeout(update, 1000);
	};
	addEventListener('hashchange', () => { token = decodeURIComponent(location.hash.slice(1)); update(); });
	update();
`;

const hash = (text: string): string => `'sha256-${createHash('sha256').update(text).digest('base64')}'`;

/** The page at `/`: how many pictures have come, and their average. It loads nothing from anywhere else. */
export function statusPage(session: SessionParameters): { html: string; contentSecurityPolicy: string } {
	// the name holds letters, digits, dots, underscores and hyphens only, and the mechanism is ours: no escaping needed
	const style = styleOf(session);
	const html = `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>veilcam: ${session.name}</title>
<style>${style}</style>
<body data-session="${session.name}">
<img id="average" alt="The average picture" width="${session.width}" height="${session.height}" hidden>
<p id="count" aria-live="polite">…</p>
<p id="note" role="status">Connecting.</p>
<p><small>Session ${session.name}: ${describeMechanism(session.mechanism)}. This server receives noise, not pictures.</small></p>
<script>${SCRIPT}</script>
</body>
</html>
`;
	const contentSecurityPolicy = [
		"default-src 'none'",
		`script-src ${hash(SCRIPT)}`,
		`style-src ${hash(style)}`,
		"img-src blob: 'self'",
		"connect-src 'self'",
		"base-uri 'none'",
		"form-action 'none'",
		"frame-ancestors 'none'",
	].join('; ');
	return { html, contentSecurityPolicy };
}
