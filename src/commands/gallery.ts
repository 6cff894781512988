import { UserError } from '../core/errors.js';
import { defineCommand } from './define-command.js';
import { secureOptions } from './secure-options.js';

export const gallery = defineCommand({
	name: 'gallery',
	summary: 'List who is enrolled, remove a person, share templates anew',
	epilogue:
		'Parties know templates by random ids; names lie in names.json beside client.json. `export` writes ids and names to a ' +
		'file, which `import` joins to the names of another client of the same parties. `refresh` shares all templates anew: ' +
		'what was stolen of one party before is worth nothing with what is stolen of another afterwards. Who has lost ' +
		'names.json, and has no export, removes what is left without a name with `remove --nameless`.',
	positionals: [
		{ name: 'what', describe: 'list, remove, export, import or refresh' },
		{ name: 'target', optional: true, describe: 'remove: the name; export and import: the file' },
	],
	options: {
		...secureOptions,
		nameless: { type: 'boolean', describe: 'remove: the templates that have no name here, after a yes' },
		force: { type: 'boolean', describe: 'export: overwrite the file; remove --nameless: do not ask' },
	},
	examples: [
		{ line: 'gallery list', says: 'Names and how many templates each has' },
		{ line: 'gallery remove ada', says: 'Forget a person, at the parties and here' },
		{ line: 'gallery export names', says: 'Ids and names, for another client to `gallery import`' },
	],
	async run({ parties, force, nameless }, [what, target], context) {
		if (nameless && what !== 'remove') {
			throw new UserError('unused-option', '--nameless: it belongs to `gallery remove`');
		}
		if (nameless && target !== undefined) {
			throw new UserError('surplus-argument', `gallery remove: expected a name or --nameless, got both`);
		}
		const takesTarget = (what === 'remove' && !nameless) || what === 'export' || what === 'import';
		if (takesTarget && target === undefined) {
			throw new UserError(
				'missing-argument',
				`gallery ${what}: ${what === 'remove' ? 'the name' : 'the file'} is missing`,
			);
		}
		if ((what === 'list' || what === 'refresh') && target !== undefined) {
			throw new UserError('surplus-argument', `"${target}" is one argument too many: gallery ${what} takes none`);
		}
		if (force && what !== 'export' && !nameless) {
			throw new UserError('unused-option', '--force: it belongs to `gallery export` and `gallery remove --nameless`');
		}
		const actions = await import('./gallery-actions.js');
		if (what === 'list') return await actions.listGallery(parties, context);
		if (what === 'refresh') return await actions.refreshGallery(parties, context);
		if (nameless) return await actions.removeNameless(parties, force, context);
		if (what === 'remove') return await actions.removeName(parties, target, context);
		if (what === 'export') return await actions.exportNames(parties, target, force, context);
		if (what === 'import') return await actions.importNames(parties, target, context);
		throw new UserError('bad-argument', `gallery: expected list, remove, export, import or refresh, got "${what}"`);
	},
});
