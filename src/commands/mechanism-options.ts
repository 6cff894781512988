import { sigmaFor } from '../core/average/gaussian-privacy.js';
import { PER_PERSON_RANGE } from '../core/average/mechanism-parameters.js';
import type { MechanismParameters } from '../core/average/session.js';
import { UserError } from '../core/errors.js';
import type { OptionSpecs } from './define-command.js';
import { kebab } from './option-values.js';

/** How the cameras of a session salt their pictures. */
export const mechanismOptions = {
	mechanism: {
		type: 'string',
		choices: ['one-bit', 'uniform', 'gaussian', 'laplace', 'shares'],
		default: 'one-bit',
		describe: 'How cameras salt their pictures, or share them among three servers',
	},
	epsilon: {
		type: 'number',
		min: 0.001,
		max: 16,
		describe: 'Privacy loss per sample; smaller hides more (2); shares: budget',
	},
	delta: {
		type: 'number',
		min: 1e-15,
		max: 0.5,
		describe: 'gaussian, shares: chance that epsilon does not hold (1e-6)',
	},
	sigma: { type: 'number', min: 1, max: 8192, describe: 'gaussian: deviation in gray levels, instead of --epsilon' },
	amplitude: { type: 'number', integer: true, min: 1, max: 32_512, describe: 'uniform: gray levels each way (128)' },
	bits: { type: 'string', choices: ['8', '1'], describe: 'shares: of a sample, all 8 or 1 that is dithered (8)' },
	picturesPerPerson: {
		type: 'number',
		integer: true,
		...PER_PERSON_RANGE,
		describe: 'shares: pictures that a batch takes of one person, refusing more; not with --room',
	},
} as const satisfies OptionSpecs;

interface Values {
	readonly mechanism: 'one-bit' | 'uniform' | 'gaussian' | 'laplace' | 'shares';
	readonly bits: '8' | '1' | undefined;
	readonly epsilon: number | undefined;
	readonly delta: number | undefined;
	readonly sigma: number | undefined;
	readonly amplitude: number | undefined;
	readonly picturesPerPerson: number | undefined;
}

const TAKES: Record<Values['mechanism'], readonly (keyof Values)[]> = {
	'one-bit': ['epsilon'],
	laplace: ['epsilon'],
	uniform: ['amplitude'],
	gaussian: ['epsilon', 'delta', 'sigma'],
	shares: ['bits', 'epsilon', 'delta', 'picturesPerPerson'],
};

/**
 * The mechanism that the options ask for.
 * Throws: UserError for an option that the mechanism has no use for.
 */
export function mechanismFrom(values: Values): MechanismParameters {
	const { mechanism } = values;
	for (const name of ['epsilon', 'delta', 'sigma', 'amplitude', 'bits', 'picturesPerPerson'] as const) {
		if (values[name] !== undefined && !TAKES[mechanism].includes(name)) {
			throw new UserError('unused-option', `--${kebab(name)} has no meaning for --mechanism ${mechanism}`, {
				hint: `${mechanism} takes ${TAKES[mechanism].map((taken) => `--${kebab(taken)}`).join(', ')}.`,
			});
		}
	}
	switch (mechanism) {
		case 'one-bit':
		case 'laplace':
			return { kind: mechanism, epsilon: values.epsilon ?? 2 };
		case 'uniform':
			return { kind: mechanism, amplitude: values.amplitude ?? 128 };
		case 'shares': {
			const { epsilon, delta = 1e-6, picturesPerPerson } = values;
			if (epsilon === undefined && values.delta !== undefined) {
				throw new UserError('unused-option', '--delta has no meaning without --epsilon, the budget of all releases');
			}
			return {
				kind: mechanism,
				bits: values.bits === '1' ? 1 : 8,
				budget: epsilon === undefined ? null : { epsilon, delta },
				...(picturesPerPerson === undefined ? {} : { picturesPerPerson }),
			};
		}
		case 'gaussian': {
			const delta = values.delta ?? 1e-6;
			if (values.sigma !== undefined && values.epsilon !== undefined) {
				throw new UserError('unused-option', '--sigma and --epsilon cannot be given together');
			}
			return { kind: mechanism, sigma: values.sigma ?? sigmaFor(values.epsilon ?? 2, delta), delta };
		}
	}
}
