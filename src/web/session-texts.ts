import type { SessionParameters } from '../core/average/session.js';
import type { Texts } from './texts/en.js';

/** The texts of a session: with those of shares where three servers hold parts of the pictures. */
export function textsFor(texts: Texts, { mechanism }: Pick<SessionParameters, 'mechanism'>): Texts {
	return mechanism.kind === 'shares' ? { ...texts, ...texts.shares } : texts;
}
