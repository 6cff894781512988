// Every sentence of the page and the wall. A translation is one more file like this one, named in choose.ts.
import { numbersOf } from './numbers.js';

const { number, percent } = numbersOf({ group: ',', point: '.', percent: '%' });
const pictures = (count: number): string => (count === 1 ? 'one picture' : `${number(count)} pictures`);
// no promise is ever rounded to a certainty
const sureness = (sure: number): string => (sure > 0.999 ? 'nearly certain' : `${percent(sure)} sure`);

export const en = {
	language: 'en',
	title: 'veilcam',
	noScript: 'This page salts pictures on your device, and needs JavaScript for that.',

	connecting: 'Looking for the room.',
	away: 'The room does not answer. Trying again.',
	wrongTokenTitle: 'This link does not open the room',
	wrongToken: 'The part of the address after # is missing or wrong. Scan the code on the wall again.',
	otherVersionTitle: 'This page and the room do not fit together',
	brokenTitle: 'Something went wrong on this page',
	reload: 'Load the page again',

	welcomeTitle: 'Lend your face to the room',
	welcome:
		'Your device covers each picture with noise before anything leaves it. In the average of many people the noise ' +
		'cancels out, and a face appears that is nobody’s.',
	welcomeNext: 'First you see what would leave, and what could be guessed from it. Nothing is sent before you agree.',
	startCamera: 'Start the camera',
	cameraStarting: 'Your browser asks whether this page may use the camera.',
	goOn: (left: number): string => `Go on: ${pictures(left)} to take`,

	trouble: {
		denied: {
			title: 'The camera is not allowed',
			text: 'Allow the camera for this page in your browser (by the icon beside the address), then try again.',
		},
		none: { title: 'There is no camera', text: 'Plug one in, or open this page on a phone.' },
		busy: { title: 'Another program uses the camera', text: 'Close it, then try again.' },
		insecure: {
			title: 'The camera needs an encrypted connection',
			text: 'Open this page by its https:// address. Browsers hide cameras from pages without it.',
		},
		failed: { title: 'The camera gave no picture', text: 'Try again, or open this page in another browser.' },
		lost: { title: 'The camera went away', text: 'Plug it in again, or allow it again, then try again.' },
	},
	tryAgain: 'Try again',

	studioTitle: 'Fit your face into the oval',
	studio: 'Put your eyes on the two marks. All faces then lie at one place, and the average is a face.',
	stays: 'Stays here',
	staysAlt: 'Your camera, live, with an oval and two marks for the eyes',
	leaves: 'Leaves your device',
	leavesAlt: 'What one upload of the present picture looks like: noise',
	guess: 'Could be guessed',
	guessAlt: 'What a denoiser makes of one such upload',
	guessAgain: 'Guess again',
	guessing: 'Guessing …',
	zoom: 'Closer',

	panelTitle: 'What this protects, and what not',
	oneServer:
		'One server alone: its part is noise, evenly spread, whatever your picture is. Nothing can be guessed from it.',
	twoServers:
		'Two of the three servers together: they can see your picture itself. You trust that no two of them do that.',
	oneComputer: 'In this room all three servers run on one computer: whoever owns it can put the parts together.',
	exactSum:
		'The average is exact. If everybody else worked together, they could subtract theirs from it and see yours.',
	noisySum: (epsilon: number, delta: number): string =>
		`Sums get noise before anybody sees them: epsilon ${epsilon}, delta ${delta}, for all averages of this room together.`,
	honestPage: 'All of this holds if this page is honest. It comes from the room’s computer.',
	onePixel: (sure: number, all: number, count: number): string =>
		`A single dot: somebody who holds black and white for equally likely is at most ${sureness(sure)} ` +
		`after one picture${count > 1 ? `, and ${sureness(all)} after ${number(count)} of the same scene` : ''}.`,
	onePixelLeak: (chance: number, count: number): string =>
		`A single dot: with a chance of up to ${percent(chance)} the noise tells black from white for certain` +
		`${count > 1 ? `, over ${number(count)} pictures of the same scene` : ''}.`,
	slip: (delta: number): string => `(That may fail with a chance of ${delta}.)`,
	wholePicture: 'Your picture as a whole: no promise. Dots beside each other are alike, and that can be used.',
	guessPoor: (db: number): string =>
		`The guess above is poor (${db.toFixed(1)} dB): it would be hard to know you from one upload. A better guesser may exist.`,
	guessFair: (db: number): string =>
		`The guess above is fair (${db.toFixed(1)} dB): somebody who knows you may know you from one upload.`,
	guessGood: (db: number): string =>
		`The guess above is good (${db.toFixed(1)} dB): you can be recognised from one upload.`,
	guessExact: 'The guess above is the picture itself.',
	guessPending: 'The guess above is being made.',
	eachCosts: 'Each further picture of the same scene is another look at it.',
	seen: 'The room’s computer also sees your network address, the time, and how many pictures you send.',
	final: 'What has been counted cannot be taken back: it has become part of a sum.',
	figuresTitle: 'The figures',
	figureUnits: { sample: 'one sample', pixel: 'one pixel', picture: 'one picture', person: 'all your pictures' },
	figureOf: 'of',
	figureOnce: 'by one upload',
	figureAll: 'by all of one scene',

	worldsTitle: 'Two ways to hide a picture',
	worldHere: 'this room',
	worldNoise: 'Noise on your device',
	worldNoiseAlt: 'What can be guessed from one upload with noise',
	worldNoiseGuess: (db: number | null): string =>
		`From one upload anybody can guess this${db === null ? '' : ` (${db.toFixed(1)} dB)`}.`,
	worldNoiseTrust: 'You need not trust anybody but your device and this page.',
	worldShares: 'Parts for three servers',
	worldSharesAlt: 'What one of three servers gets: noise',
	worldSharesGuess: 'One server gets this, which is noise. Two together have the picture itself.',
	worldSharesTrust: 'You trust that no two of the three servers work together.',
	worldError: (gray: number): string => `An average of 1,000 pictures is off by about ${gray.toFixed(1)} gray levels.`,
	worldExact: 'An average is exact.',

	howMany: 'How many pictures',
	fewer: 'One picture fewer',
	more: 'One picture more',
	consent: 'I have seen what leaves my device and what could be guessed, and want to send it.',
	consentFirst: 'Tick the box above first.',
	send: (count: number): string => `Take and send ${pictures(count)}`,
	stopCamera: 'Stop the camera',

	sendingTitle: 'Hold still',
	taking: (taken: number, wanted: number): string => `Picture ${number(taken)} of ${number(wanted)}`,
	counted: (counted: number, wanted: number): string => `${number(counted)} of ${number(wanted)} counted by the room`,
	stop: 'Stop here',
	waitingNetwork: 'The room does not answer. Your salted pictures are kept on this device and sent when it is back.',
	waitingBusy: 'The room is busy. Trying again.',
	waitingServer: 'One of the three servers does not answer. Your pictures are kept here, and sent when it is back.',
	waitingUnproven: 'A server has not proven that it has your picture. It is kept here. Trying again.',
	waitingToken: 'The room wants another link. Scan the code again; what waits here is kept.',
	refused: (count: number): string => `The room refused ${pictures(count)}.`,
	forgotten: (count: number): string =>
		`The room has changed, and what waited here for it (${pictures(count)}) cannot be sent any more. It is removed from ` +
		'this device. Take new pictures.',
	notDurable: 'This browser keeps nothing: leave the page open until all is sent.',

	doneTitle: 'Thank you',
	done: (count: number): string =>
		`${count === 1 ? 'One picture of yours is' : `${number(count)} pictures of yours are`} in the average.`,
	doneNone: 'No picture of yours is in the average.',
	again: 'Take more pictures',
	averageTitle: 'The room',
	averageAlt: (count: number): string => `The average of ${pictures(count)}`,
	averageOf: (count: number): string => `The average of ${pictures(count)}.`,
	averageSoon: (count: number, wanted: number): string =>
		`${number(count)} of ${number(wanted)} pictures: the average appears when they are complete.`,

	/** In place of the texts of these names, where three servers hold parts of the pictures. */
	shares: {
		welcome:
			'Your device cuts each picture into three parts, one for each of three servers. To a server its part looks like ' +
			'noise. The servers add up the parts of all people, and only the sum is put together: a face that is nobody’s.',
		welcomeNext: 'First you see what a server would get, and whom you have to trust. Nothing is sent before you agree.',
		leaves: 'One server gets',
		leavesAlt: 'What one of the three servers gets of the present picture: noise',
		guess: 'It can guess',
		guessAlt: 'What a denoiser makes of one server’s part',
		guessPoor: (db: number): string =>
			`The guess above is one gray, which every picture is a little like (${db.toFixed(1)} dB). It says nothing about yours.`,
		consent: 'I have seen what leaves my device and whom I have to trust, and want to send it.',
		counted: (counted: number, wanted: number): string =>
			`${number(counted)} of ${number(wanted)} held by all three servers`,
		waitingNetwork:
			'The room does not answer. Your pictures are kept on this device, sealed for the servers, and sent when it is back.',
		waitingBusy: 'The room, or one of its servers, has no place now. Your pictures are kept here. Trying again.',
		refused: (count: number): string =>
			`The servers did not take ${pictures(count)} of yours. Load this page again, and take new ones.`,
		wallPrivate: (mechanism: string): string =>
			`Three servers hold parts that look like noise, and none of them a picture (${mechanism}).`,
	},

	wallTitle: 'The face of this room',
	wallPictures: 'pictures',
	wallError: 'expected error',
	wallCount: (count: number): string => number(count),
	wallExact: 'none',
	wallAsked: 'The average appears when the room asks for it.',
	wallGray: (gray: number): string => `±${gray.toFixed(gray < 10 ? 1 : 0)} gray levels`,
	wallNext: 'until the next average',
	wallJoin: 'Point your phone’s camera here',
	wallWarning:
		'Your phone warns once, because this room has made its own certificate: choose “Advanced”, then “Proceed”.',
	wallCodeAlt: 'QR code of the address below',
	wallWaiting: (left: number): string => `${pictures(left)} until the average appears`,
	wallPrivate: (mechanism: string): string => `This computer receives noise (${mechanism}), and keeps sums of it.`,
};

type English = typeof en;

/** Every text; those of `shares` take the place of others, and have their types. */
export type Texts = Omit<English, 'shares'> & { readonly shares: Pick<English, keyof English['shares']> };
