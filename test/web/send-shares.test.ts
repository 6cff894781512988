import test from 'ava';
import type { SealedShare } from '../../src/core/average/sealed-share.js';
import { createSharesSender, type PartAnswer } from '../../src/web/send-shares.js';

const SHARES: readonly SealedShare[] = [0, 1, 2].map((party) => ({
	sealed: Uint8Array.of(party),
	receipt: `receipt ${party}`,
}));

type Answer = number | 'lost' | 'away' | 'forged';

/** A sender whose servers answer as scripted, one row per try. */
function senderWith(script: readonly (readonly [Answer, Answer, Answer])[]) {
	const asked: string[] = [];
	let row = 0;
	const send = createSharesSender(async (id, party, body): Promise<PartAnswer> => {
		asked.push(`${row} ${id} ${party} ${body[0]}`);
		const answer = script[row][party];
		if (answer === 'lost') throw new TypeError('network');
		if (answer === 'away') return { status: 502, retryAfter: '1', receipt: undefined, error: 'party away' };
		const receipt = answer === 'forged' ? 'receipt 9' : `receipt ${party}`;
		const status = answer === 'forged' ? 201 : answer;
		return { status, retryAfter: null, receipt: status < 300 ? receipt : undefined, error: undefined };
	});
	return {
		asked,
		async try() {
			const result = await send('x', SHARES).catch((error: Error) => error.message);
			row++;
			return result;
		},
	};
}

test('a picture counts when all three servers have proven that they hold it, and not before', async (t) => {
	const { asked, ...sender } = senderWith([
		[201, 'away', 201],
		[201, 'away', 201],
		[201, 200, 201],
	]);
	t.deepEqual(await sender.try(), { status: 502, retryAfter: '1', trouble: 'server' });
	t.like(await sender.try(), { trouble: 'server' });
	t.like(await sender.try(), { status: 200 });
	// those that hold it are not asked again
	t.deepEqual(asked, ['0 x 0 0', '0 x 1 1', '0 x 2 2', '1 x 1 1', '2 x 1 1']);
});

test('a receipt that is not the one of the seal proves nothing', async (t) => {
	const { asked, ...sender } = senderWith([
		[201, 201, 'forged'],
		[201, 201, 201],
	]);
	t.like(await sender.try(), { status: 502, trouble: 'unproven' });
	t.like(await sender.try(), { status: 201 });
	t.is(asked.length, 4);
});

test('the worst answer of the three decides', async (t) => {
	for (const [answers, expected] of [
		[['lost', 401, 201], { status: 401 }],
		[['lost', 409, 201], { status: 409 }],
		[[201, 429, 'lost'], 'network'],
		[[201, 503, 201], { status: 503 }],
		[[200, 200, 200], { status: 200 }],
		[[200, 201, 200], { status: 201 }],
	] as const) {
		const result = await senderWith([answers]).try();
		if (typeof expected === 'string') t.is(result, expected);
		else t.like(result, expected, JSON.stringify(answers));
	}
});
