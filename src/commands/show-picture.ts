import type { Image } from '../core/image/image.js';
import { detectTerminalGraphics, terminalPicture } from '../core/image/terminal.js';
import type { CommandContext } from './define-command.js';
import { terminalColour } from './terminal-colour.js';

const MAX_COLUMNS = 120;

/** A picture as text for stdout: the best that the terminal can show, plain characters in a pipe. */
export function pictureForTerminal(image: Image, context: CommandContext): Promise<string> {
	const { stdout, env } = context;
	const columns = Math.min(stdout.columns ?? 80, MAX_COLUMNS);
	if (stdout.isTTY !== true) return terminalPicture(image, { columns, protocol: 'half-blocks', colour: 'none' });
	const colour = terminalColour(env);
	const protocol = colour === 'none' ? 'half-blocks' : detectTerminalGraphics(env);
	return terminalPicture(image, { columns, protocol, colour });
}
