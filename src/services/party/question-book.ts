import { PolicyError } from '../../core/errors.js';

/** A question to a gallery, as far as a party may tell of it: nothing of faces, names, ids or answers. */
export interface Question {
	/** The label of its token. */
	readonly client: string;
	readonly kind: 'matches' | 'best' | 'distances';
	/** How many templates it is compared with. */
	readonly templates: number;
	/** Of the templates' shares. */
	readonly generation: string;
}

/** What became of a question. */
export interface BookedQuestion extends Question {
	/** The client's questions so far, this one included where it is answered. */
	readonly count: number;
	/** The code of why it is not answered. */
	readonly refused?: string;
}

export interface QuestionBookOptions {
	/** Of one client, in any minute. A question for distances counts as several. */
	readonly maxQueriesPerMinute: number;
	/** Whether a client may ask for distances, from which templates can be worked out; no, where it is left out. */
	readonly openDistances?: boolean | undefined;
	readonly nowMs: () => number;
	/** Hears of each question, before it is answered or refused. */
	readonly onQuestion?: ((question: BookedQuestion) => void) | undefined;
	/** By client, as they were kept. */
	readonly counts: Readonly<Record<string, number>>;
	/** Keeps them, one question more. */
	readonly keep: (counts: Readonly<Record<string, number>>) => void;
}

/** The questions of each client: answers are an oracle about the templates, so they are counted, limited and told. */
export interface QuestionBook {
	/** Throws: PolicyError `no-distances`, `too-many-queries`. */
	enter(question: Question): void;
	/** Questions that were let through, by client. */
	readonly counts: Readonly<Record<string, number>>;
	/** Since the start. */
	readonly refused: number;
}

const MINUTE_MS = 60_000;
/** A distance tells as much as many bits: from some 130 of them a template is worked out. */
export const DISTANCES_COUNT_AS = 10;

export function createQuestionBook(options: QuestionBookOptions): QuestionBook {
	const { maxQueriesPerMinute, openDistances = false, nowMs, onQuestion, keep } = options;
	let { counts } = options;
	const recent = new Map<string, readonly { readonly atMs: number; readonly cost: number }[]>();
	let refused = 0;
	const refuse = (question: Question, error: PolicyError): never => {
		refused++;
		onQuestion?.({ ...question, count: counts[question.client] ?? 0, refused: error.code });
		throw error;
	};
	return {
		enter(question) {
			const { client, kind } = question;
			if (kind === 'distances' && !openDistances) refuse(question, noDistances());
			const cost = kind === 'distances' ? DISTANCES_COUNT_AS : 1;
			const atMs = nowMs();
			const lately = (recent.get(client) ?? []).filter((entry) => atMs - entry.atMs < MINUTE_MS);
			if (lately.reduce((sum, entry) => sum + entry.cost, cost) > maxQueriesPerMinute) {
				refuse(question, tooMany(maxQueriesPerMinute));
			}
			const next = { ...counts, [client]: (counts[client] ?? 0) + 1 };
			keep(next);
			counts = next;
			recent.set(client, [...lately, { atMs, cost }]);
			onQuestion?.({ ...question, count: counts[client] });
		},
		get counts() {
			return counts;
		},
		get refused() {
			return refused;
		},
	};
}

function noDistances(): PolicyError {
	return new PolicyError('no-distances', 'this party opens no distances', {
		hint: 'From distances templates can be worked out; parties open them if started with --open-distances.',
	});
}

function tooMany(perMinute: number): PolicyError {
	const message = `this party answers a client ${perMinute} questions a minute, one for distances counted as ${DISTANCES_COUNT_AS}`;
	return new PolicyError('too-many-queries', message, {
		hint: 'Each answer tells a little of the templates. Wait a minute.',
	});
}
