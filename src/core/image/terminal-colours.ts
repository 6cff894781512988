/** How many colours a terminal shows; `none` also for people who set NO_COLOR. */
export type TerminalColour = 'truecolor' | '256' | 'none';

const CUBE_LEVELS = [0, 95, 135, 175, 215, 255];

/** Parameters of SGR that set an RGB colour as foreground (38) or background (48). */
export function sgrColour(layer: 38 | 48, colour: TerminalColour, r: number, g: number, b: number): string {
	return colour === 'truecolor' ? `${layer};2;${r};${g};${b}` : `${layer};5;${xterm256(r, g, b)}`;
}

/**
 * The nearest of xterm's 256 colours: the 6x6x6 cube (16..231) or, if it is nearer, the gray ramp 8, 18, … 238 (232..255).
 * Error: nearest per channel in the cube; ties go to the cube.
 */
export function xterm256(r: number, g: number, b: number): number {
	const [cr, cg, cb] = [nearestCubeLevel(r), nearestCubeLevel(g), nearestCubeLevel(b)];
	const gray = Math.min(23, Math.max(0, Math.round(((r + g + b) / 3 - 8) / 10)));
	const grayLevel = 8 + 10 * gray;
	const level = (index: number) => CUBE_LEVELS[index] ?? 0;
	const cubeError = (r - level(cr)) ** 2 + (g - level(cg)) ** 2 + (b - level(cb)) ** 2;
	const grayError = (r - grayLevel) ** 2 + (g - grayLevel) ** 2 + (b - grayLevel) ** 2;
	return grayError < cubeError ? 232 + gray : 16 + 36 * cr + 6 * cg + cb;
}

function nearestCubeLevel(value: number): number {
	let best = 0;
	CUBE_LEVELS.forEach((level, index) => {
		if (Math.abs(value - level) < Math.abs(value - (CUBE_LEVELS[best] ?? 0))) {
			best = index;
		}
	});
	return best;
}
