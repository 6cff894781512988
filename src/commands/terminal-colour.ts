/** How many colours a terminal shows, by what it says of itself. */
export function terminalColour(env: Readonly<Record<string, string | undefined>>): 'truecolor' | '256' | 'none' {
	if (env.NO_COLOR !== undefined && env.NO_COLOR !== '') return 'none';
	if (/truecolor|24bit/i.test(env.COLORTERM ?? '') || /direct|kitty/.test(env.TERM ?? '')) return 'truecolor';
	return '256';
}
