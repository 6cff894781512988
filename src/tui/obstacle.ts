interface Terminal {
	readonly isTTY?: boolean | undefined;
}

/**
 * Why no dashboard can be drawn, as the end of a sentence ("stdout is not a terminal"), or null when one can.
 * It reads keys from stdin and draws on stderr, for stdout carries the result; a stdout that goes to a file or a pipe
 * still means that no person watches, and gets lines.
 */
export function dashboardObstacle(
	streams: { readonly stdin: Terminal; readonly stdout: Terminal; readonly stderr: Terminal },
	env: Readonly<Record<string, string | undefined>>,
): string | null {
	const missing = (['stdin', 'stdout', 'stderr'] as const).find((name) => streams[name].isTTY !== true);
	if (missing !== undefined) {
		return `${missing} is not a terminal`;
	}
	return env.TERM === 'dumb' ? 'the terminal is dumb (TERM=dumb)' : null;
}
