import test from 'ava';
import { createLane } from '../../../src/services/party/lane.js';

const never = new AbortController().signal;

test('one goes in at a time, in the order in which they came', async (t) => {
	const lane = createLane();
	const order: string[] = [];
	const visit = async (name: string): Promise<void> => {
		const release = await lane.take(never);
		order.push(`${name} in`);
		await new Promise((resolve) => setImmediate(resolve));
		order.push(`${name} out`);
		release();
	};
	await Promise.all(['a', 'b', 'c'].map(visit));
	await visit('d');
	t.deepEqual(order, ['a in', 'a out', 'b in', 'b out', 'c in', 'c out', 'd in', 'd out']);
});

test('who leaves while waiting is passed over, and who comes with an aborted signal never waits', async (t) => {
	const lane = createLane();
	const release = await lane.take(never);
	const leaver = new AbortController();
	const left = lane.take(leaver.signal);
	const next = lane.take(never);
	leaver.abort(new Error('gone'));
	await t.throwsAsync(left, { message: 'gone' });
	await t.throwsAsync(lane.take(leaver.signal), { message: 'gone' });
	release();
	(await next)();
	(await lane.take(never))();
});
