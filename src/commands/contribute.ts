import { assertAtLeast } from '../core/average/floor.js';
import type { SessionDescription } from '../core/average/session-description.js';
import { PolicyError, UserError } from '../core/errors.js';
import type { Image } from '../core/image/image.js';
import { clientOptions } from './common-options.js';
import { type CommandContext, defineCommand } from './define-command.js';
import { faceFrames, faceOptions, guardFaceOptions, sourceShape } from './face-options.js';
import { retryForOption } from './retry.js';

export const contribute = defineCommand({
	name: 'contribute',
	summary: 'Salt pictures on this machine and send them to a collector',
	epilogue:
		'A source is a picture, a folder of pictures, webcam, or test (a moving pattern). Before anything is sent the ' +
		"session's noise is shown with what it protects, and what a curious collector could make of one upload.",
	positionals: [
		{ name: 'sources', variadic: true, optional: true, describe: 'webcam, test, picture files or folders' },
	],
	options: {
		to: { type: 'string', required: true, describe: 'Address of the collector' },
		source: { type: 'string', describe: 'One more source, or the only one' },
		session: { type: 'string', default: 'room', describe: 'Name of the session' },
		count: {
			type: 'number',
			integer: true,
			min: 1,
			max: 1e9,
			describe: 'Pictures to send; files start over (each file once, a camera 1)',
		},
		concurrency: { type: 'number', integer: true, min: 1, max: 256, default: 8, describe: 'Uploads at once' },
		device: { type: 'string', describe: 'webcam: which camera, such as /dev/video0' },
		face: { type: 'boolean', describe: 'Turn and scale each picture so that the eyes of its face lie at one place' },
		...faceOptions,
		preview: {
			type: 'string',
			describe: 'Write original | upload | reconstruction | the other way to hide it to this file',
		},
		atLeastEpsilon: { type: 'number', min: 0.001, max: 1000, describe: 'Refuse a session with a larger epsilon' },
		atLeastAmplitude: { type: 'number', min: 1, max: 32_512, describe: 'Refuse a session with less uniform noise' },
		parties: {
			type: 'string',
			describe: 'Refuse a session on other servers than the three of client.json in this folder; it needs no token',
		},
		retryFor: { ...retryForOption, describe: 'Seconds to wait for a collector that is away' },
		person: {
			type: 'string',
			describe: 'Where a batch takes so many of a person: be the same one in all runs with this file',
		},
		resume: { type: 'string', describe: 'Keep the state of the run in this file, and go on from it' },
		dryRun: { type: 'boolean', describe: 'Show what would be protected, and send nothing' },
		...clientOptions,
	},
	examples: [
		{ line: 'contribute test --to http://127.0.0.1:7400 --count 40', says: 'Forty pictures of a test pattern' },
		{
			line: 'contribute test --to http://127.0.0.1:7400 --count 1 --dry-run --preview preview.png',
			says: 'See what one upload gives away, and send nothing',
		},
		{
			line: 'contribute --source webcam --to http://127.0.0.1:7400 --count 20',
			says: 'Twenty pictures of the webcam, with what stays beside what leaves',
		},
	],
	async run(options, given, context) {
		const sources = options.source === undefined ? given : [...given, options.source];
		if (sources.length === 0) {
			throw new UserError('missing-argument', 'source is missing: webcam, test, picture files or folders');
		}
		guardFaceOptions(options);
		const [{ openSource }, { joinSession }, { privacyPanel }, { describeRun, sendFrames }] = await Promise.all([
			import('../core/camera/open-source.js'),
			import('./contribute-join.js'),
			import('./privacy-panel.js'),
			import('./contribute-send.js'),
		]);
		const { signal } = context.abort;
		const { connection, session } = await joinSession(options, context);
		try {
			assertAtLeast(session, options);
			if (options.parties !== undefined) await assertServers(session, options.parties);
			const source = await openSource(sources, {
				device: options.device,
				...sourceShape(sources, options, session),
				count: options.count ?? (sources.some((spec) => spec === 'webcam' || spec === 'test') ? 1 : undefined),
				signal,
				onSkip: (_path, reason) => context.reporter.note(`left out ${reason.message}`),
			});
			try {
				assertWithinLimit(session, source.total ?? 1, options.person);
				const pictures = options.face ? await faceFrames(source, options, session, context) : source;
				const frames = pictures[Symbol.asyncIterator]();
				const first = await frames.next();
				if (first.done === true) {
					return { fields: { accepted: 0, duplicates: 0, rejected: 0, privacy: null }, text: 'nothing was sent' };
				}
				const panel = await privacyPanel(session, first.value, source.total ?? 1, context.random);
				if (context.json) context.reporter.event('privacy', { ...panel.fields });
				else context.reporter.note(panel.text);
				if (options.preview !== undefined) {
					const { writeImage } = await import('../core/image/files.js');
					const { sideBySide } = await import('../core/image/side-by-side.js');
					await writeImage(options.preview, sideBySide(panel.pictures, 4));
				}
				const counts = options.dryRun
					? { accepted: 0, duplicates: 0, rejected: 0 }
					: await sendFrames(
							{ connection, session, total: source.total, sources, options, context },
							rest(first.value),
						);
				if (counts.rejected > 0 && counts.accepted + counts.duplicates === 0) {
					throw new PolicyError('all-refused', `all ${counts.rejected} pictures were refused`, {
						hint: 'The warnings above say why; nothing was counted.',
					});
				}
				const fields = { ...counts, preview: options.preview, privacy: panel.fields };
				if (!options.dryRun) return { fields, text: describeRun(counts) };
				const shown = context.stdout.isTTY && !context.json ? await drawWorlds(panel.worldPictures, context) : [];
				return { fields, text: [...shown, 'nothing was sent (--dry-run)'].join('\n') };

				async function* rest(picture: Image): AsyncGenerator<Image> {
					yield picture;
					for (let next = await frames.next(); next.done !== true; next = await frames.next()) yield next.value;
				}
			} finally {
				await source.close();
			}
		} finally {
			connection.close();
		}
	},
});

/** The two ways to hide a picture, as the terminal can show them. */
async function drawWorlds(pictures: readonly Image[], context: CommandContext): Promise<string[]> {
	const { sideBySide } = await import('../core/image/side-by-side.js');
	const { pictureForTerminal } = await import('./show-picture.js');
	const drawn = await pictureForTerminal(sideBySide(pictures, 4), context);
	return [drawn, 'your picture | guessed from one upload with noise | what one of three servers gets'];
}

/** Throws: PolicyError for more pictures than a batch takes of one person, UserError for --person where none is counted. */
function assertWithinLimit({ name, mechanism }: SessionDescription, count: number, person: string | undefined): void {
	const limit = mechanism.kind === 'shares' ? mechanism.picturesPerPerson : undefined;
	if (limit === undefined && person !== undefined) {
		throw new UserError(
			'unused-option',
			`--person has no meaning: session ${name} does not count pictures of a person`,
		);
	}
	if (limit !== undefined && count > limit) {
		throw new PolicyError(
			'too-many-pictures',
			`session ${name} takes at most ${limit} pictures of one person in a batch, not ${count}; nothing was sent`,
			{ hint: `Send ${limit} with --count ${limit}, and more after the next release.` },
		);
	}
}

/** Throws: PolicyError for other certificates than those of `folder`, UserError for a session without servers, DataError. */
async function assertServers({ name, shares }: SessionDescription, folder: string): Promise<void> {
	const { readServers } = await import('../services/party/party-config.js');
	const wanted = readServers(folder);
	if (shares === undefined) {
		throw new UserError('unused-option', `--parties has no meaning: session ${name} has noise, and no servers`);
	}
	const other = shares.parties.findIndex(({ fingerprint }, party) => fingerprint !== wanted[party]?.fingerprint);
	if (other === -1) return;
	throw new PolicyError(
		'other-servers',
		`the collector names another party ${other} than ${folder}: ${shares.parties[other]?.url}; nothing was sent`,
		{
			hint: 'Ask whoever runs that party, by another way, which certificate it has: parties get new ones when they are set up anew.',
		},
	);
}
