import { counted } from '../core/counted.js';
import { DataError } from '../core/errors.js';
import { errorRatePlot } from '../core/face/error-rate-plot.js';
import { distanceOf, equalErrorRate, rateAtMost, ratesAt, thresholdFor, trialsFor } from '../core/face/error-rates.js';
import { facePairs, type NamedPair } from '../core/face/face-pairs.js';
import { loadRecognitionModel } from '../core/face/recognition-model.js';
import { drawingWriter } from '../core/image/drawing.js';
import type { SharedFace } from '../services/client/gallery-on-parties.js';
import { runKeptModel } from '../services/client/models-on-parties.js';
import { keptRecognition } from '../services/client/recognition-on-parties.js';
import { readClientConfig } from '../services/party/party-config.js';
import { facesOfPeople } from './calibrate-folder.js';
import { calibrationText } from './calibrate-text.js';
import type { CommandContext, CommandResult } from './define-command.js';
import { openFaceSearch } from './face-options.js';
import { type SubjectOptions, subjectOf } from './face-subject.js';
import { withParties } from './on-parties.js';

interface CalibrateOptions extends SubjectOptions {
	readonly parties: string;
	readonly largest: boolean;
	readonly box: undefined;
	readonly detector: 'ssd' | 'tiny';
	readonly threshold: number;
	/** Share of pairs of different people that may be taken for one person. */
	readonly far: number;
	readonly out: string | undefined;
}

/** Thresholds are looked at up to here: descriptors of faces are no farther apart. */
const MOST_THRESHOLD = 2;
const ROC_STEP = 0.01;

/**
 * Finds out what thresholds are worth, on the faces of a folder with one folder for each person.
 * Throws: DataError for fewer than two people, or where no person has two faces.
 */
export async function calibrate(
	folder: string,
	options: CalibrateOptions,
	context: CommandContext,
): Promise<CommandResult> {
	const write = options.out === undefined ? undefined : drawingWriter(options.out, context.reporter.warn);
	// a DataError on the way leaves out one picture, not the parties
	if (options.where === 'parties') readClientConfig(options.parties);
	const startedMs = context.nowMs();
	const { faces, pictures, skipped } = await describeFolder(folder, options, context);
	const people = new Set(faces.map(({ person }) => person)).size;
	if (people < 2) throw tooFew(folder, `faces of ${counted(people, 'person', 'people')}`);
	const pairs = await facePairs(faces, context.abort.signal);
	if (pairs.same.length === 0) throw tooFew(folder, 'nobody with two faces');

	const { threshold: asked, far: wantedFar } = options;
	const threshold = thresholdFor(pairs, wantedFar, MOST_THRESHOLD);
	const chosen = threshold === undefined ? undefined : ratesAt(pairs, threshold);
	if (write !== undefined) await write(errorRatePlot(pairs, chosen));
	const { eer, threshold: eerThreshold } = equalErrorRate(pairs);
	const farAtMost = chosen === undefined ? undefined : rateAtMost(chosen.falseAccepts, pairs.different.length);
	const named = ({ names, square }: NamedPair) => ({ names, distance: distanceOf(square) });
	const fields = {
		people,
		pictures,
		faces: faces.length,
		skipped,
		pairs: { same: pairs.same.length, different: pairs.different.length },
		eer,
		eerThreshold,
		wantedFar,
		threshold: chosen?.threshold ?? null,
		far: chosen?.far ?? null,
		farAtMost: farAtMost ?? null,
		frr: chosen?.frr ?? null,
		frrAtMost: chosen === undefined ? null : rateAtMost(chosen.falseRejects, pairs.same.length),
		isMeasured: farAtMost !== undefined && farAtMost <= wantedFar,
		pairsWanted: trialsFor(wantedFar),
		asked: ratesAt(pairs, asked),
		roc: Array.from({ length: MOST_THRESHOLD / ROC_STEP }, (_, i) =>
			ratesAt(pairs, Math.round((i + 1) * ROC_STEP * 100) / 100),
		),
		worst: { same: pairs.worst.same.map(named), different: pairs.worst.different.map(named) },
		files: options.out === undefined ? [] : [options.out],
		totalMs: context.nowMs() - startedMs,
	};
	return { fields, text: calibrationText(fields) };
}

/** Descriptors in the clear, or of the parties, which open them to this machine: the pictures are its own. */
async function describeFolder(folder: string, options: CalibrateOptions, context: CommandContext) {
	// a folder of descriptors alone needs none
	let search: ReturnType<typeof openFaceSearch> | undefined;
	const subject = async (picture: string): Promise<SharedFace> => {
		search ??= openFaceSearch(options);
		return await subjectOf(picture, await search, options);
	};
	if (options.where === 'client') return await facesOfPeople(folder, subject, context);
	const { program } = loadRecognitionModel();
	const onParties = async (picture: string): Promise<SharedFace> => {
		const { values } = await subject(picture);
		// connections anew for each: the parties close those that rest while a face is looked for
		const { output } = await withParties(options.parties, context, async (client) =>
			options.privateModel
				? await runKeptModel(client, await keptRecognition(client), program, values)
				: await client.run(program, values, { privateWeights: false }),
		);
		return { values: Int32Array.from(output) };
	};
	return await facesOfPeople(folder, onParties, context);
}

function tooFew(folder: string, what: string): DataError {
	return new DataError('too-few-faces', `${folder}: holds ${what}, which tells nothing of a threshold`, {
		hint: 'It needs a folder for each of two people or more, and two pictures of one of them, better ten of fifty.',
	});
}
