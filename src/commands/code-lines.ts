import { qrModules } from '../core/qr-code.js';

/** Black on white whatever the terminal's colours are: not every reader takes an inverted code. */
const INK = '\u001b[38;5;16;48;5;231m';
const RESET = '\u001b[0m';

/**
 * The QR code of a text as lines for a terminal, two modules per cell.
 * Without colours the light modules are drawn, for the usual dark ground.
 */
export function codeLines(text: string, withColour: boolean): string[] {
	const modules = qrModules(text);
	const lines: string[] = [];
	for (let y = 0; y < modules.length; y += 2) {
		const cells = modules[y].map((isDark, x) => {
			// below a last odd row lies light ground
			const upper = isDark === withColour;
			const lower = (modules[y + 1]?.[x] ?? false) === withColour;
			return upper ? (lower ? '█' : '▀') : lower ? '▄' : ' ';
		});
		lines.push(withColour ? `${INK}${cells.join('')}${RESET}` : cells.join(''));
	}
	return lines;
}
