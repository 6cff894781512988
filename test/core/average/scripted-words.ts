import type { UniformWords } from '../../../src/core/average/uniform-words.js';

/** Words one by one from a list; asking for more than it holds is an error. */
export function scriptedWords(list: readonly number[]): UniformWords & { readonly used: () => number } {
	let position = 0;
	return {
		used: () => position,
		next() {
			if (position === list.length) throw new Error(`asked for word ${position + 1} of ${list.length}`);
			position += 1;
			return list[position - 1];
		},
		below() {
			throw new Error('below is not scripted');
		},
		erase() {},
	};
}
