// The entry of the worker: the page itself never draws noise, so that it stays responsive.
import { privacyReport } from '../core/average/accounting.js';
import { reconstructUpload } from '../core/average/denoise.js';
import { createMechanism } from '../core/average/mechanism.js';
import { reportAsImage } from '../core/average/report-values.js';
import type { RandomSource } from '../core/random.js';
import type { SaltAnswers, SaltEnvelope, SaltKind, SaltReply, SaltRequest } from './salt-protocol.js';

const random: RandomSource = {
	fillInto(bytes) {
		// the browser refuses more in one call
		for (let at = 0; at < bytes.length; at += 65_536) {
			const part = new Uint8Array(Math.min(65_536, bytes.length - at));
			bytes.set(crypto.getRandomValues(part), at);
		}
	},
};

function newId(): string {
	const bytes = new Uint8Array(16);
	random.fillInto(bytes);
	return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
}

function answerTo(request: SaltRequest): SaltAnswers[SaltKind] {
	const { session } = request;
	if (request.kind === 'account') return privacyReport(session, { picturesPerPerson: request.pictures });
	const { picture } = request;
	const body = createMechanism(session.mechanism).privatize(picture.samples, random);
	switch (request.kind) {
		case 'salt':
			return { body, id: newId() };
		case 'show':
			return reportAsImage(session, body);
		case 'guess': {
			const { image, psnrDb } = reconstructUpload(session, body, picture);
			return { picture: image, psnrDb: Number.isFinite(psnrDb) ? psnrDb : null };
		}
	}
}

addEventListener('message', ({ data }: MessageEvent<SaltEnvelope>) => {
	const { number, request } = data;
	let reply: SaltReply;
	try {
		reply = { number, answer: answerTo(request) };
	} catch (error) {
		reply = { number, failure: error instanceof Error ? error.message : String(error) };
	}
	postMessage(reply);
});
