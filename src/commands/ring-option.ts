import type { RingChoice } from '../core/nn/prepare-network.js';

/** What `--ring` says. */
export function ringOf(choice: 'auto' | '32' | '64'): RingChoice {
	if (choice === 'auto') return choice;
	return choice === '32' ? 32 : 64;
}
