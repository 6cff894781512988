import { DELTA_RANGE, PER_PERSON_RANGE, RELEASE_EPSILON_RANGE } from '../core/average/mechanism-parameters.js';
import { UserError } from '../core/errors.js';
import { defineCommand } from './define-command.js';

export const privacy = defineCommand({
	name: 'privacy',
	summary: 'How many people an average needs at an epsilon, and whether a mechanism keeps its epsilon',
	epilogue:
		'`plan` tells for every mechanism and several sizes how many people it takes, with a plot. `audit` attacks every ' +
		'mechanism, and sums with noise as three servers open them, again and again: what it finds is a lower bound on ' +
		'epsilon, to be compared with the claim. It can show that a claim is wrong, and never that it is right.',
	positionals: [{ name: 'what', describe: 'plan or audit' }],
	options: {
		epsilon: {
			type: 'number',
			...RELEASE_EPSILON_RANGE,
			default: 2,
			describe: 'Privacy loss, of whatever is protected',
		},
		delta: { type: 'number', ...DELTA_RANGE, default: 1e-6, describe: 'Chance that epsilon does not hold' },
		picturesPerPerson: {
			type: 'number',
			integer: true,
			...PER_PERSON_RANGE,
			default: 1,
			describe: 'Each person sends so many, and is protected as a whole',
		},
		size: { type: 'string', describe: 'plan: largest size, its halves follow (320x240); audit: of a sum (8x6)' },
		colour: { type: 'string', choices: ['gray', 'rgb'], describe: 'plan: samples of a pixel (gray)' },
		error: { type: 'number', min: 0.01, max: 255, describe: 'plan: RMSE of the average in gray levels (5)' },
		people: {
			type: 'number',
			integer: true,
			min: 1,
			max: 1e9,
			describe: 'plan: tell the error with so many people, instead of --error',
		},
		out: { type: 'string', describe: 'plan: write a plot, people against error (.png or .svg)' },
		mechanism: {
			type: 'string',
			choices: ['one-bit', 'uniform', 'gaussian', 'laplace', 'shares'],
			describe: 'audit: this one alone',
		},
		trials: {
			type: 'number',
			integer: true,
			min: 1000,
			max: 10_000_000,
			describe: 'audit: attacks on each (50000)',
		},
		confidence: {
			type: 'number',
			min: 0.5,
			max: 0.999_999,
			describe: 'audit: chance that a lower bound is one (0.999)',
		},
	},
	examples: [
		{ line: 'privacy plan --epsilon 2 --error 5 --out plan.png', says: 'Who needs how many people, at which size' },
		{ line: 'privacy plan --epsilon 4 --people 1000 --size 80x60', says: 'What 1,000 people give' },
		{ line: 'privacy audit --trials 4000', says: 'Attack everything, for some seconds' },
	],
	async run(options, [what], context) {
		for (const [name, value] of Object.entries(USED_BY)) {
			if (Reflect.get(options, name) !== undefined && value !== what && (what === 'plan' || what === 'audit')) {
				throw new UserError('unused-option', `--${name} has no meaning for privacy ${what}`);
			}
		}
		switch (what) {
			case 'plan':
				return (await import('./privacy-plan.js')).planPrivacy(options, context);
			case 'audit':
				return (await import('./privacy-audit.js')).auditPrivacy(options, context);
			default:
				throw new UserError('bad-argument', `privacy: expected plan or audit, got "${what}"`);
		}
	},
});

/** Options that only one of the two has a use for. */
const USED_BY = {
	...{ colour: 'plan', error: 'plan', people: 'plan', out: 'plan' },
	...{ mechanism: 'audit', trials: 'audit', confidence: 'audit' },
};
