// The entry of the worker: the page itself never draws noise, so that it stays responsive.
import { privacyReport } from '../core/average/accounting.js';
import { reconstructUpload } from '../core/average/denoise.js';
import { createMechanism } from '../core/average/mechanism.js';
import { describeFigure } from '../core/average/privacy-figure.js';
import { reportAsImage } from '../core/average/report-values.js';
import type { SessionParameters } from '../core/average/session.js';
import type { RandomSource } from '../core/random.js';
import { createDeveloper } from './developer.js';
import { toRgba } from './rgba.js';
import type { Account, SaltAnswers, SaltEnvelope, SaltKind, SaltReply, SaltRequest } from './salt-protocol.js';

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

const develop = createDeveloper();

function accountOf(session: SessionParameters, pictures: number): Account {
	const report = privacyReport(session, { picturesPerPerson: pictures });
	const figures = report.units.map(({ unit, perRelease, cumulative }) => ({
		...{ unit, once: describeFigure(perRelease), all: describeFigure(cumulative) },
	}));
	return { report, figures };
}

async function answerTo(request: SaltRequest): Promise<SaltAnswers[SaltKind]> {
	const { session } = request;
	if (request.kind === 'account') return accountOf(session, request.pictures);
	const picture = 'frame' in request.picture ? develop(request.picture, session) : request.picture;
	const body = createMechanism(session.mechanism).privatize(picture.samples, random);
	switch (request.kind) {
		case 'salt':
			return { body, id: newId() };
		case 'show':
			return createImageBitmap(toRgba(reportAsImage(session, body)));
		case 'guess': {
			const { image, psnrDb } = reconstructUpload(session, body, picture);
			return { picture: await createImageBitmap(toRgba(image)), psnrDb: Number.isFinite(psnrDb) ? psnrDb : null };
		}
	}
}

async function replyTo({ number, request }: SaltEnvelope): Promise<void> {
	let reply: SaltReply;
	try {
		reply = { number, answer: await answerTo(request) };
	} catch (error) {
		reply = { number, failure: error instanceof Error ? error.message : String(error) };
	}
	postMessage(reply);
}

addEventListener('message', ({ data }: MessageEvent<SaltEnvelope>) => void replyTo(data));
