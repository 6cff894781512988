// The shape of the express app that this collector replaces: raw body, then a loop over samples; nothing is durable.
import type { AddressInfo } from 'node:net';
import express from 'express';

const sums = new Float64Array(76_800);
const isBits = process.argv[2] === 'bits';
const app = express();
app.use(express.raw({ limit: '1mb', type: () => true }));
app.put('/v1/sessions/:session/reports/:id', (request, response) => {
	const body: Buffer = request.body;
	if (isBits) {
		for (let i = 0; i < sums.length; i++) sums[i] += (body[i >> 3] >> (i & 7)) & 1;
	} else {
		for (let i = 0; i < sums.length; i++) sums[i] += body.readInt16LE(2 * i);
	}
	response.status(201).end();
});
const server = app.listen(0, '127.0.0.1', () => {
	const { port } = server.address() as AddressInfo;
	process.stdout.write(`${port}\n`);
});
process.stdin.on('end', () => process.exit()).resume();
