import type { Texts } from './en.js';
import { numbersOf } from './numbers.js';

const { number, percent, decimal } = numbersOf({ group: '.', point: ',', percent: '\u00a0%' });
const pictures = (count: number): string => (count === 1 ? 'ein Bild' : `${number(count)} Bilder`);
const sureness = (sure: number): string => (sure > 0.999 ? 'fast ganz sicher' : `zu ${percent(sure)} sicher`);

export const de: Texts = {
	language: 'de',
	title: 'veilcam',
	noScript: 'Diese Seite verrauscht Bilder auf deinem Gerät und braucht dafür JavaScript.',

	connecting: 'Der Raum wird gesucht.',
	away: 'Der Raum antwortet nicht. Neuer Versuch läuft.',
	wrongTokenTitle: 'Dieser Link öffnet den Raum nicht',
	wrongToken: 'Der Teil der Adresse nach dem # fehlt oder ist falsch. Scanne den Code an der Wand noch einmal.',
	otherVersionTitle: 'Seite und Raum passen nicht zusammen',
	brokenTitle: 'Auf dieser Seite ist etwas schiefgegangen',
	reload: 'Seite neu laden',

	welcomeTitle: 'Leih dem Raum dein Gesicht',
	welcome:
		'Dein Gerät legt Rauschen über jedes Bild, bevor etwas hinausgeht. Im Durchschnitt vieler Menschen hebt sich das ' +
		'Rauschen auf, und ein Gesicht erscheint, das niemandem gehört.',
	welcomeNext:
		'Zuerst siehst du, was hinausginge und was man daraus erraten könnte. Nichts wird gesendet, bevor du zustimmst.',
	startCamera: 'Kamera starten',
	cameraStarting: 'Dein Browser fragt, ob diese Seite die Kamera benutzen darf.',
	goOn: (left) => `Weiter: noch ${pictures(left)}`,

	trouble: {
		denied: {
			title: 'Die Kamera ist nicht erlaubt',
			text: 'Erlaube dieser Seite die Kamera (Symbol neben der Adresse) und versuche es noch einmal.',
		},
		none: { title: 'Hier ist keine Kamera', text: 'Schließe eine an oder öffne die Seite auf einem Telefon.' },
		busy: { title: 'Ein anderes Programm benutzt die Kamera', text: 'Schließe es und versuche es noch einmal.' },
		insecure: {
			title: 'Die Kamera braucht eine verschlüsselte Verbindung',
			text: 'Öffne die Seite unter ihrer https://-Adresse. Ohne sie geben Browser keine Kamera frei.',
		},
		failed: { title: 'Die Kamera gab kein Bild', text: 'Versuche es noch einmal oder nimm einen anderen Browser.' },
		lost: { title: 'Die Kamera ist weg', text: 'Schließe sie wieder an oder erlaube sie wieder, dann noch einmal.' },
	},
	tryAgain: 'Noch einmal',

	studioTitle: 'Dein Gesicht ins Oval',
	studio: 'Augen auf die zwei Marken. So liegen alle Gesichter an einem Ort, und der Durchschnitt ist ein Gesicht.',
	stays: 'Bleibt hier',
	staysAlt: 'Deine Kamera, live, mit einem Oval und zwei Marken für die Augen',
	leaves: 'Verlässt dein Gerät',
	leavesAlt: 'So sähe das jetzige Bild beim Senden aus: Rauschen',
	guess: 'Ließe sich erraten',
	guessAlt: 'Was ein Entrauscher aus einem solchen Bild macht',
	guessAgain: 'Neu raten',
	guessing: 'Rät …',
	zoom: 'Näher',

	panelTitle: 'Was das schützt und was nicht',
	oneServer:
		'Ein Server allein: Sein Teil ist gleichmäßiges Rauschen, wie auch immer dein Bild ist. Daraus ist nichts zu erraten.',
	twoServers: 'Zwei der drei Server zusammen sehen dein Bild selbst. Du vertraust darauf, dass keine zwei das tun.',
	oneComputer:
		'In diesem Raum laufen alle drei Server auf einem Rechner: Wem er gehört, der kann die Teile zusammensetzen.',
	exactSum: 'Der Durchschnitt ist genau. Alle anderen zusammen könnten ihre Bilder abziehen und sähen deines.',
	noisySum: (epsilon, delta) =>
		`Summen bekommen Rauschen, bevor jemand sie sieht: Epsilon ${epsilon}, Delta ${delta}, für alle Durchschnitte zusammen.`,
	honestPage: 'All das gilt, wenn diese Seite ehrlich ist. Sie kommt vom Rechner des Raums.',
	onePixel: (sure, all, count) =>
		'Ein einzelner Punkt: Wer Schwarz und Weiß für gleich wahrscheinlich hält, ist sich nach einem Bild höchstens ' +
		`${sureness(sure)}${count > 1 ? `, nach ${number(count)} Bildern derselben Szene ${sureness(all)}` : ''}.`,
	onePixelLeak: (chance, count) =>
		`Ein einzelner Punkt: Mit bis zu ${percent(chance)} Wahrscheinlichkeit verrät das Rauschen sicher, ob er schwarz ` +
		`oder weiß war${count > 1 ? ` (bei ${number(count)} Bildern derselben Szene)` : ''}.`,
	slip: (delta) => `(Mit Wahrscheinlichkeit ${delta} gilt das nicht.)`,
	wholePicture: 'Dein ganzes Bild: kein Versprechen. Nachbarpunkte ähneln sich, und das lässt sich nutzen.',
	guessPoor: (db) =>
		`Das Erratene oben ist schlecht (${decimal(db)} dB): daran wärst du kaum zu erkennen. Es mag bessere Verfahren geben.`,
	guessFair: (db) =>
		`Das Erratene oben ist mäßig (${decimal(db)} dB): wer dich kennt, kann dich an einem Bild erkennen.`,
	guessGood: (db) => `Das Erratene oben ist gut (${decimal(db)} dB): an einem Bild bist du zu erkennen.`,
	guessExact: 'Das Erratene oben ist das Bild selbst.',
	guessPending: 'Das Erratene oben wird noch berechnet.',
	eachCosts: 'Jedes weitere Bild derselben Szene ist ein weiterer Blick darauf.',
	seen: 'Der Rechner des Raums sieht außerdem deine Netzadresse, die Uhrzeit und wie viele Bilder du sendest.',
	final: 'Gezähltes lässt sich nicht zurückholen: Es ist Teil einer Summe geworden.',
	figuresTitle: 'Die Zahlen',
	figureUnits: { sample: 'ein Wert', pixel: 'ein Pixel', picture: 'ein Bild', person: 'alle deine Bilder' },
	figureOf: 'von',
	figureOnce: 'durch ein Bild',
	figureAll: 'durch alle einer Szene',

	worldsTitle: 'Zwei Arten, ein Bild zu verbergen',
	worldHere: 'dieser Raum',
	worldNoise: 'Rauschen auf deinem Gerät',
	worldNoiseAlt: 'Was man aus einem verrauschten Bild erraten kann',
	worldNoiseGuess: (db) => `Aus einem Bild kann jeder dies erraten${db === null ? '' : ` (${decimal(db)} dB)`}.`,
	worldNoiseTrust: 'Du musst niemandem trauen als deinem Gerät und dieser Seite.',
	worldShares: 'Teile für drei Server',
	worldSharesAlt: 'Was einer von drei Servern bekommt: Rauschen',
	worldSharesGuess: 'Ein Server bekommt dies, also Rauschen. Zwei zusammen haben das Bild selbst.',
	worldSharesTrust: 'Du vertraust darauf, dass keine zwei der drei Server zusammenarbeiten.',
	worldError: (gray) => `Ein Durchschnitt aus 1.000 Bildern liegt um etwa ${decimal(gray)} Graustufen daneben.`,
	worldExact: 'Ein Durchschnitt ist genau.',

	howMany: 'Wie viele Bilder',
	fewer: 'Ein Bild weniger',
	more: 'Ein Bild mehr',
	consent: 'Ich habe gesehen, was mein Gerät verlässt und was man erraten könnte, und will es senden.',
	consentFirst: 'Zuerst das Kästchen oben ankreuzen.',
	send: (count) => `${count === 1 ? 'Ein Bild' : `${number(count)} Bilder`} aufnehmen und senden`,
	stopCamera: 'Kamera stoppen',

	sendingTitle: 'Stillhalten',
	taking: (taken, wanted) => `Bild ${number(taken)} von ${number(wanted)}`,
	counted: (counted, wanted) => `${number(counted)} von ${number(wanted)} vom Raum gezählt`,
	stop: 'Hier aufhören',
	waitingNetwork:
		'Der Raum antwortet nicht. Deine verrauschten Bilder bleiben auf diesem Gerät und gehen hinaus, sobald er zurück ist.',
	waitingBusy: 'Der Raum ist beschäftigt. Neuer Versuch läuft.',
	waitingServer:
		'Einer der drei Server antwortet nicht. Deine Bilder bleiben hier und gehen hinaus, sobald er zurück ist.',
	waitingUnproven: 'Ein Server hat nicht bewiesen, dass er dein Bild hat. Es bleibt hier. Neuer Versuch läuft.',
	waitingToken: 'Der Raum will einen anderen Link. Scanne den Code neu; was hier wartet, bleibt.',
	refused: (count) => `Der Raum hat ${pictures(count)} abgelehnt.`,
	forgotten: (count) =>
		`Der Raum hat sich geändert, und was hier für ihn wartete (${pictures(count)}), kann nicht mehr gesendet werden. Es ist ` +
		'von diesem Gerät entfernt. Nimm neue Bilder auf.',
	notDurable: 'Dieser Browser merkt sich nichts: Lass die Seite offen, bis alles gesendet ist.',

	doneTitle: 'Danke',
	done: (count) => `${count === 1 ? 'Ein Bild von dir ist' : `${number(count)} Bilder von dir sind`} im Durchschnitt.`,
	doneNone: 'Kein Bild von dir ist im Durchschnitt.',
	again: 'Weitere Bilder aufnehmen',
	averageTitle: 'Der Raum',
	averageAlt: (count) => `Der Durchschnitt aus ${count === 1 ? 'einem Bild' : `${number(count)} Bildern`}`,
	averageOf: (count) => `Der Durchschnitt aus ${count === 1 ? 'einem Bild' : `${number(count)} Bildern`}.`,
	averageSoon: (count, wanted) =>
		`${number(count)} von ${number(wanted)} Bildern: Der Durchschnitt erscheint, sobald sie da sind.`,

	shares: {
		welcome:
			'Dein Gerät zerlegt jedes Bild in drei Teile, einen für jeden von drei Servern. Für einen Server sieht sein Teil ' +
			'wie Rauschen aus. Die Server addieren die Teile aller Menschen, und nur die Summe wird zusammengesetzt: ein ' +
			'Gesicht, das niemandem gehört.',
		welcomeNext:
			'Zuerst siehst du, was ein Server bekäme und wem du trauen musst. Nichts wird gesendet, bevor du zustimmst.',
		leaves: 'Ein Server bekommt',
		leavesAlt: 'Was einer der drei Server vom jetzigen Bild bekommt: Rauschen',
		guess: 'Er kann erraten',
		guessAlt: 'Was ein Entrauscher aus dem Teil eines Servers macht',
		guessPoor: (db) =>
			`Das Erratene oben ist ein Grau, dem jedes Bild ein wenig gleicht (${decimal(db)} dB). Über deines sagt es nichts.`,
		consent: 'Ich habe gesehen, was mein Gerät verlässt und wem ich trauen muss, und will es senden.',
		counted: (counted, wanted) => `${number(counted)} von ${number(wanted)} bei allen drei Servern`,
		waitingNetwork:
			'Der Raum antwortet nicht. Deine Bilder bleiben auf diesem Gerät, für die Server versiegelt, und gehen hinaus, ' +
			'sobald er zurück ist.',
		waitingBusy:
			'Der Raum oder einer seiner Server hat gerade keinen Platz. Deine Bilder bleiben hier. Neuer Versuch läuft.',
		refused: (count) =>
			`Die Server haben ${pictures(count)} von dir nicht genommen. Lade diese Seite neu und nimm neue auf.`,
		wallPrivate: (mechanism) =>
			`Drei Server haben Teile, die wie Rauschen aussehen, und keiner ein Bild (${mechanism}).`,
	},

	wallTitle: 'Das Gesicht dieses Raums',
	wallPictures: 'Bilder',
	wallError: 'erwarteter Fehler',
	wallCount: (count) => number(count),
	wallExact: 'keiner',
	wallAsked: 'Der Durchschnitt erscheint, wenn der Raum ihn anfordert.',
	wallGray: (gray) => `±${gray < 10 ? decimal(gray) : gray.toFixed(0)} Graustufen`,
	wallNext: 'bis zum nächsten Durchschnitt',
	wallJoin: 'Richte die Kamera deines Telefons hierher',
	wallWarning:
		'Dein Telefon warnt einmal, weil der Raum sein Zertifikat selbst gemacht hat: „Erweitert“, dann „Weiter“ wählen.',
	wallCodeAlt: 'QR-Code der Adresse darunter',
	wallWaiting: (left) => `Noch ${pictures(left)} bis zum Durchschnitt`,
	wallPrivate: (mechanism) => `Dieser Rechner empfängt Rauschen (${mechanism}) und behält Summen davon.`,
};
