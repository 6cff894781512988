import test from 'ava';
import {
	type BookedQuestion,
	createQuestionBook,
	DISTANCES_COUNT_AS,
	type Question,
} from '../../../src/services/party/question-book.js';

const question = (client: string, kind: Question['kind'] = 'best'): Question => ({
	client,
	kind,
	templates: 3,
	generation: 'g',
});

function open({ maxQueriesPerMinute = 3, openDistances = true } = {}) {
	const clock = { ms: 0 };
	const kept: Readonly<Record<string, number>>[] = [];
	const told: BookedQuestion[] = [];
	const book = createQuestionBook({
		maxQueriesPerMinute,
		openDistances,
		nowMs: () => clock.ms,
		onQuestion: (one) => told.push(one),
		counts: { door: 7 },
		keep: (counts) => kept.push(counts),
	});
	return { book, clock, kept, told };
}

test('each client has a limit of its own, in any minute, and refused questions do not count', (t) => {
	const { book, clock, kept } = open();
	for (const ms of [0, 10_000, 20_000]) {
		clock.ms = ms;
		book.enter(question('door'));
	}
	clock.ms = 59_999;
	t.throws(() => book.enter(question('door')), { code: 'too-many-queries', message: /3 questions a minute/ });
	book.enter(question('desk'));
	clock.ms = 60_000;
	book.enter(question('door'));
	t.throws(() => book.enter(question('door')), { code: 'too-many-queries' });
	t.deepEqual(book.counts, { door: 11, desk: 1 });
	t.is(kept.length, 5);
	t.deepEqual(kept.at(-1), book.counts);
	t.is(book.refused, 2);
});

test('a question for distances counts as many, and is refused where distances stay closed', (t) => {
	const { book, told } = open({ maxQueriesPerMinute: DISTANCES_COUNT_AS + 1 });
	book.enter(question('desk', 'distances'));
	book.enter(question('desk'));
	t.throws(() => book.enter(question('desk')), { code: 'too-many-queries' });
	t.deepEqual(
		told.map(({ kind, count, refused }) => [kind, count, refused]),
		[
			['distances', 1, undefined],
			['best', 2, undefined],
			['best', 2, 'too-many-queries'],
		],
	);
	const closed = open({ openDistances: false });
	t.throws(() => closed.book.enter(question('door', 'distances')), { code: 'no-distances' });
	t.like(closed.told[0], { client: 'door', count: 7, refused: 'no-distances' });
	t.deepEqual(closed.kept, []);
});

test('a question that cannot be kept is not let through', (t) => {
	const book = createQuestionBook({
		maxQueriesPerMinute: 3,
		nowMs: () => 0,
		counts: {},
		keep() {
			throw new Error('disk full');
		},
	});
	t.throws(() => book.enter(question('door')), { message: 'disk full' });
	t.deepEqual(book.counts, {});
});
