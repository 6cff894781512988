import { readdirSync, readFileSync } from 'node:fs';
import { extname, join } from 'node:path';
import { BugError } from '../../core/errors.js';
import { packagePath } from '../../core/package-root.js';

/** A file for browsers; its name changes with its content. */
export interface WebAsset {
	readonly type: string;
	readonly body: Buffer;
}

/** What the collector serves to browsers, in memory: built by scripts/build-web.mjs. */
export interface WebPages {
	readonly assets: ReadonlyMap<string, WebAsset>;
	/** The capture page, or the wall. `page` is the address that people are given, without the token. */
	html(name: 'page' | 'wall', about: { session: string; page: string; isSelfSigned: boolean }): string;
}

/** Nothing from elsewhere, nothing inline: pictures and tokens can go nowhere but back to this collector. */
export const PAGE_HEADERS: Readonly<Record<string, string>> = {
	'content-security-policy': [
		"default-src 'none'",
		"script-src 'self'",
		"worker-src 'self'",
		"style-src 'self'",
		"img-src 'self' blob:",
		"connect-src 'self'",
		"base-uri 'none'",
		"form-action 'none'",
		"frame-ancestors 'none'",
	].join('; '),
	'permissions-policy': 'camera=(self), microphone=(), geolocation=(), screen-wake-lock=(self)',
	'cross-origin-opener-policy': 'same-origin',
	'cross-origin-resource-policy': 'same-origin',
};

const TYPES: Readonly<Record<string, string>> = {
	'.js': 'text/javascript; charset=utf-8',
	'.css': 'text/css; charset=utf-8',
	'.svg': 'image/svg+xml',
};

/** Reads the built pages. Throws: BugError when they have not been built. */
export function readWebPages(folder = packagePath('dist', 'web')): WebPages {
	try {
		const assets = new Map(
			readdirSync(join(folder, 'assets')).map((name) => [
				name,
				{ type: TYPES[extname(name)] ?? 'application/octet-stream', body: readFileSync(join(folder, 'assets', name)) },
			]),
		);
		const templates = {
			page: readFileSync(join(folder, 'page.html'), 'utf8'),
			wall: readFileSync(join(folder, 'wall.html'), 'utf8'),
		};
		return {
			assets,
			html: (name, { session, page, isSelfSigned }) =>
				templates[name]
					.replaceAll('{{session}}', escaped(session))
					.replaceAll('{{page}}', escaped(page))
					.replaceAll('{{certificate}}', isSelfSigned ? 'self' : 'other'),
		};
	} catch (cause) {
		throw new BugError('no-web-pages', `${folder}: the pages for browsers are missing`, {
			hint: 'In a checkout run `npm run build`; otherwise install veilcam again.',
			cause,
		});
	}
}

function escaped(text: string): string {
	return text.replace(/[&<>"']/g, (character) => `&#${character.codePointAt(0)};`);
}
