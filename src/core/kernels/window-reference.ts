import type { RingKernel, WindowShape, Words } from './ring.js';
import { checkProduct, checkWindow, columnRows, convolutionShape } from './ring-checks.js';

/** The part of a reference kernel that follows from its sums and products, whatever the width of its words. */
export type WindowReference<Elements extends Words> = Pick<
	RingKernel<Elements>,
	'multiplySharedAddInto' | 'convolveAddInto' | 'convolveSharedAddInto' | 'columnsInto' | 'tapInto' | 'windowSumInto'
>;

/** Words of one width, for code that only moves them. */
interface WordsOf<Word> {
	readonly length: number;
	[index: number]: Word;
}

/** The specification of windows and of products with two components, one element at a time, over these words. */
export function windowReference<Word, Elements extends Words & WordsOf<Word>>(words: {
	readonly arithmetic: Pick<RingKernel<Elements>, 'addInto' | 'multiplyAddInto'>;
	/** Zeros. */
	readonly create: (length: number) => Elements;
	readonly clear: (out: Elements) => void;
	readonly wordOf: (value: number) => Word;
}): WindowReference<Elements> {
	const { addInto, multiplyAddInto } = words.arithmetic;
	const zero = words.wordOf(0);

	function columnsOf(image: Elements, window: WindowShape): Elements {
		const columns = words.create(columnRows(window) * window.outHeight * window.outWidth);
		reference.columnsInto(columns, image, window);
		return columns;
	}

	const reference: WindowReference<Elements> = {
		multiplySharedAddInto(out, left, right, shape) {
			checkProduct(shape, out, left.second, right.second);
			const sum = words.create(right.first.length);
			addInto(sum, right.first, right.second);
			multiplyAddInto(out, left.first, sum, shape);
			multiplyAddInto(out, left.second, right.first, shape);
		},
		convolveAddInto(out, left, image, window) {
			multiplyAddInto(out, left, columnsOf(image, window), convolutionShape(left, window));
		},
		convolveSharedAddInto(out, left, image, window) {
			const right = { first: columnsOf(image.first, window), second: columnsOf(image.second, window) };
			reference.multiplySharedAddInto(out, left, right, convolutionShape(left.first, window));
		},
		columnsInto(columns, image, window) {
			checkWindow(window, image, columns, columnRows(window));
			let at = 0;
			for (let c = 0; c < window.channels; c++) {
				for (let u = 0; u < window.kernelHeight; u++) {
					for (let v = 0; v < window.kernelWidth; v++) at = tapOf(columns, at, image, window, { c, u, v }, zero);
				}
			}
		},
		tapInto(out, image, window, { u, v, outside }) {
			checkWindow(window, image, out, window.channels);
			let at = 0;
			for (let c = 0; c < window.channels; c++) at = tapOf(out, at, image, window, { c, u, v }, words.wordOf(outside));
		},
		windowSumInto(out, image, window) {
			checkWindow(window, image, out, window.channels);
			const tap = words.create(out.length);
			words.clear(out);
			for (let u = 0; u < window.kernelHeight; u++) {
				for (let v = 0; v < window.kernelWidth; v++) {
					reference.tapInto(tap, image, window, { u, v, outside: 0 });
					addInto(out, out, tap);
				}
			}
		},
	};
	return reference;
}

/** Writes place (u, v) of each window of channel c from out[at] on, and gives the place behind them. */
function tapOf<Word>(
	out: WordsOf<Word>,
	at: number,
	image: WordsOf<Word>,
	window: WindowShape,
	{ c, u, v }: { readonly c: number; readonly u: number; readonly v: number },
	outside: Word,
): number {
	let to = at;
	for (let i = 0; i < window.outHeight; i++) {
		const row = i * window.strideY - window.padTop + u * window.dilationY;
		for (let j = 0; j < window.outWidth; j++) {
			const column = j * window.strideX - window.padLeft + v * window.dilationX;
			const isInside = row >= 0 && row < window.height && column >= 0 && column < window.width;
			out[to++] = isInside ? image[(c * window.height + row) * window.width + column] : outside;
		}
	}
	return to;
}
