// Asks a party of this machine whether it lives: node healthcheck.mjs party-N.json. Ends with 0 when it answers.
// One that waits for the other parties lives: restarting it would help nobody.
import { readFileSync } from 'node:fs';
import { get } from 'node:https';

const { host, port, index, peers } = JSON.parse(readFileSync(process.argv[2], 'utf8'));
// one that listens everywhere listens here too
const here = { '0.0.0.0': '127.0.0.1', '::': '::1' };
const request = get(
	{
		host: here[host] ?? host,
		port,
		path: '/healthz',
		// the party's very certificate, whatever names are in it
		ca: peers[index].certificatePem,
		checkServerIdentity: () => undefined,
		timeout: 4000,
	},
	(response) => {
		response.setEncoding('utf8');
		let text = '';
		response.on('data', (piece) => {
			text += piece;
		});
		response.on('end', () => {
			process.stdout.write(`${text}\n`);
			process.exitCode = response.statusCode === 200 ? 0 : 1;
		});
	},
);
request.on('timeout', () => request.destroy(new Error('no answer within 4 seconds')));
request.on('error', (error) => {
	process.stderr.write(`${error.message}\n`);
	process.exitCode = 1;
});
