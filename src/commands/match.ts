import { UserError } from '../core/errors.js';
import { defineCommand, type OptionValues } from './define-command.js';
import { LIVENESS, matchOptions } from './match-options.js';

const DEFAULT_FAR = 0.001;

const options = {
	...matchOptions,
	where: {
		type: 'string',
		choices: ['parties', 'client'],
		describe:
			'Who computes the descriptor (parties; with --calibrate, client); client is faster and has to be trusted with it',
	},
	as: { type: 'string', describe: 'Compare with the templates of this name alone' },
	threshold: { type: 'number', min: 0.01, max: 2, default: 0.6, describe: 'Largest distance of one person' },
	open: {
		type: 'string',
		choices: ['bit', 'distance'],
		default: 'bit',
		describe: 'What is opened; distance with --as, where the parties were started with --open-distances',
	},
	calibrate: {
		type: 'string',
		describe: 'Ask nobody: find a threshold on the pictures of this folder, one folder for each person',
	},
	far: {
		type: 'number',
		min: 0.000001,
		max: 0.5,
		describe: `With --calibrate: share of pairs of different people that may be taken for one (${DEFAULT_FAR})`,
	},
	out: { type: 'string', describe: 'With --calibrate: draw error rates and ROC curve, .png or .svg' },
} as const;

export const match = defineCommand({
	name: 'match',
	summary: 'Is this face enrolled? Ask three parties that do not see it',
	epilogue:
		'Only the answer is opened, to this machine: a bit with --as, otherwise the nearest template and its bit. The parties ' +
		'learn that a question was asked and, with --as, of which ids. Answers tell a little of the templates, so parties ' +
		'count, limit and log the questions of each client. At 0.6 the network takes about one in ten pairs of different faces for one person ' +
		'where faces are hard to tell: use a lower threshold where that matters. --calibrate tells which, on pictures of ' +
		`yours. ${LIVENESS}`,
	positionals: [{ name: 'picture', describe: 'Picture of one face; none with --calibrate', optional: true }],
	options,
	examples: [
		{ line: 'match door.jpg', says: 'Who of all that are enrolled' },
		{ line: 'match door.jpg --as ada --threshold 0.5', says: 'Is it Ada?' },
		{ line: 'match --calibrate people --far 0.01 --out rates.png', says: 'Which threshold? On people/NAME/*.jpg' },
	],
	async run(values, [picture], context) {
		const { calibrate: folder, where, ...rest } = values;
		guardKind(values, picture);
		const { guardSubjectOptions } = await import('./face-subject.js');
		if (folder !== undefined) {
			const whole = { ...rest, where: where ?? 'client', box: undefined, far: values.far ?? DEFAULT_FAR } as const;
			guardSubjectOptions(whole);
			const { calibrate } = await import('./calibrate.js');
			return await calibrate(folder, whole, context);
		}
		const subject = { ...rest, where: where ?? 'parties' } as const;
		guardSubjectOptions(subject);
		const { matchPicture } = await import('./match-picture.js');
		const startedMs = context.nowMs();
		const found = await matchPicture(picture, subject, context);
		const totalMs = context.nowMs() - startedMs;
		const who = found.name ?? 'somebody whose name another client knows';
		const said = found.match
			? `yes: ${who}`
			: values.as === undefined
				? 'nobody who is enrolled'
				: `no: not ${values.as}`;
		const distance = found.distance === undefined ? '' : `, distance ${found.distance.toFixed(3)}`;
		const cost = `${found.ms.toFixed(0)} ms on shares, ${found.rounds} rounds`;
		return { fields: { ...found, totalMs }, text: `${said}${distance}\n${cost}` };
	},
});

/** Throws: UserError for options of a question in a calibration, and the other way round. */
function guardKind(values: OptionValues<typeof options>, picture: string | undefined): void {
	const { calibrate, as, open, box, far, out } = values;
	if (calibrate === undefined) {
		if (picture === undefined) {
			throw new UserError('missing-argument', 'picture is missing: picture of one face, or --calibrate with a folder');
		}
		for (const [flag, value] of Object.entries({ far, out })) {
			if (value !== undefined) throw new UserError('unused-option', `--${flag} has no meaning without --calibrate`);
		}
		if (open === 'distance' && as === undefined) {
			throw new UserError('bad-option', '--open distance: name whose distance with --as');
		}
		return;
	}
	if (picture !== undefined) {
		throw new UserError(
			'surplus-argument',
			`"${picture}" is one argument too many: --calibrate reads its folder alone`,
		);
	}
	for (const [flag, isGiven] of Object.entries({ as, box, open: open === 'distance' ? open : undefined })) {
		if (isGiven !== undefined) throw new UserError('unused-option', `--${flag} has no meaning with --calibrate`);
	}
}
