import { counted } from '../core/counted.js';
import { UserError } from '../core/errors.js';
import { defineCommand } from './define-command.js';
import { LIVENESS, matchOptions } from './match-options.js';

export const enroll = defineCommand({
	name: 'enroll',
	summary: 'Enroll a person by pictures that no party sees',
	epilogue:
		'The face is found and aligned on this machine, and shared; the parties compute its descriptor on shares and keep it ' +
		'so, under a random id. The name stays in names.json beside client.json. A .npy file (n x 128) holds descriptors. ' +
		LIVENESS,
	positionals: [
		{ name: 'name', describe: 'Who it is' },
		{ name: 'files', variadic: true, describe: 'Pictures of one face each, or .npy files of descriptors' },
	],
	options: {
		...matchOptions,
		numbered: {
			type: 'boolean',
			describe: 'Rows of .npy files are people of their own: NAME-1, NAME-2 and so on, behind those that there are',
		},
	},
	examples: [
		{ line: 'enroll ada ada.jpg', says: 'A template of one person' },
		{ line: 'enroll ada door.jpg --where client', says: 'One more of her, faster' },
	],
	async run(options, [name, ...files], context) {
		if (name.trim() === '' || name.length > 200) {
			throw new UserError('bad-argument', 'name: expected 1 to 200 characters');
		}
		const [{ enrollFiles }, { guardSubjectOptions }] = await Promise.all([
			import('./enroll-files.js'),
			import('./face-subject.js'),
		]);
		guardSubjectOptions(options);
		const startedMs = context.nowMs();
		const { templates, held, numbers } = await enrollFiles(name, files, options, context);
		const totalMs = context.nowMs() - startedMs;
		const who = numbers === undefined ? name : `${name}-${numbers.first} to ${name}-${numbers.last}`;
		const before = held > templates ? `, who has ${held} now` : '';
		const text = `${counted(templates, 'template is', 'templates are')} enrolled as ${who}${before}`;
		return { fields: { name, templates, held, ...(numbers === undefined ? {} : { numbers }), totalMs }, text };
	},
});
