import { UserError } from '../core/errors.js';
import { defineCommand } from './define-command.js';
import { LIVENESS, matchOptions } from './match-options.js';

export const match = defineCommand({
	name: 'match',
	summary: 'Is this face enrolled? Ask three parties that do not see it',
	epilogue:
		'Only the answer is opened, to this machine: a bit with --as, otherwise the nearest template and its bit. The parties ' +
		'learn that a question was asked and, with --as, of which ids. Answers tell a little of the templates, so parties ' +
		'count and limit questions. At 0.6 the network takes about one in ten pairs of different faces for one person ' +
		`where faces are hard to tell: use a lower threshold where that matters. ${LIVENESS}`,
	positionals: [{ name: 'picture', describe: 'Picture of one face' }],
	options: {
		...matchOptions,
		as: { type: 'string', describe: 'Compare with the templates of this name alone' },
		threshold: { type: 'number', min: 0.01, max: 2, default: 0.6, describe: 'Largest distance of one person' },
		open: {
			type: 'string',
			choices: ['bit', 'distance'],
			default: 'bit',
			describe: 'What is opened; distance with --as, where the parties were started with --open-distances',
		},
	},
	examples: [
		{ line: 'match door.jpg', says: 'Who of all that are enrolled' },
		{ line: 'match door.jpg --as ada --threshold 0.5', says: 'Is it Ada?' },
	],
	async run(options, [picture], context) {
		if (options.open === 'distance' && options.as === undefined) {
			throw new UserError('bad-option', '--open distance: name whose distance with --as');
		}
		const [{ matchPicture }, { guardSubjectOptions }] = await Promise.all([
			import('./match-picture.js'),
			import('./face-subject.js'),
		]);
		guardSubjectOptions(options);
		const startedMs = context.nowMs();
		const found = await matchPicture(picture, options, context);
		const totalMs = context.nowMs() - startedMs;
		const who = found.name ?? 'somebody whose name another client knows';
		const said = found.match
			? `yes: ${who}`
			: options.as === undefined
				? 'nobody who is enrolled'
				: `no: not ${options.as}`;
		const distance = found.distance === undefined ? '' : `, distance ${found.distance.toFixed(3)}`;
		const cost = `${found.ms.toFixed(0)} ms on shares, ${found.rounds} rounds`;
		return { fields: { ...found, totalMs }, text: `${said}${distance}\n${cost}` };
	},
});
