// The entry of the worker: the page itself never draws noise, so that it stays responsive.
import { privacyReport } from '../core/average/accounting.js';
import { createSubtleExpand } from '../core/average/expand-seed.js';
import { hexOf } from '../core/average/hex.js';
import { createMechanism } from '../core/average/mechanism.js';
import { describeFigure } from '../core/average/privacy-figure.js';
import { reportAsImage } from '../core/average/report-values.js';
import type { SessionParameters } from '../core/average/session.js';
import type { SessionDescription } from '../core/average/session-description.js';
import { otherWorld, trialUpload, tryWorld } from '../core/average/worlds.js';
import type { Image } from '../core/image/image.js';
import type { RandomSource } from '../core/random.js';
import { createDeveloper } from './developer.js';
import { toRgba } from './rgba.js';
import type { Account, Guess, SaltAnswers, SaltEnvelope, SaltKind, SaltReply, SaltRequest } from './salt-protocol.js';
import { sharePicture } from './share-picture.js';

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
	return hexOf(bytes);
}

const develop = createDeveloper();

function accountOf(session: SessionParameters, pictures: number): Account {
	const report = privacyReport(session, { picturesPerPerson: pictures });
	const figures = report.units.map(({ unit, perRelease, cumulative }) => ({
		...{ unit, once: describeFigure(perRelease), all: describeFigure(cumulative) },
	}));
	return { report, figures };
}

const expand = createSubtleExpand(crypto.subtle);

/** What leaves of a picture: a report, or sealed shares. */
async function uploadOf(session: SessionDescription, samples: Uint8Array): Promise<SaltAnswers['salt']> {
	if (session.mechanism.kind !== 'shares') {
		return { body: createMechanism(session.mechanism).privatize(samples, random), id: newId() };
	}
	// a seal is bound to its picture's id
	const id = newId();
	return { id, shares: await sharePicture(session, id, samples, { random, expand, subtle: crypto.subtle }) };
}

async function guessOf(session: SessionParameters, original: Image): Promise<Guess> {
	const { kind, upload, guess } = await tryWorld(session, original, random, expand);
	const [picture, emblem] = await Promise.all(
		[guess.image, kind === 'shares' ? upload : guess.image].map((image) => createImageBitmap(toRgba(image))),
	);
	return { picture, emblem, psnrDb: Number.isFinite(guess.psnrDb) ? guess.psnrDb : null };
}

async function answerTo(request: SaltRequest): Promise<SaltAnswers[SaltKind]> {
	const { session } = request;
	if (request.kind === 'account') return accountOf(session, request.pictures);
	const picture = 'frame' in request.picture ? develop(request.picture, session) : request.picture;
	switch (request.kind) {
		case 'salt':
			return uploadOf(request.session, picture.samples);
		case 'show': {
			const body = await trialUpload(session, picture.samples, random, expand);
			return createImageBitmap(toRgba(reportAsImage(session, body)));
		}
		case 'guess':
			return guessOf(session, picture);
		case 'other':
			return guessOf(otherWorld(session), picture);
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
