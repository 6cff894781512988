import { useStdout } from 'ink';
import { useEffect, useState } from 'react';

export interface TerminalSize {
	readonly columns: number;
	readonly rows: number;
}

/** Columns and rows of the terminal, followed while it is resized; 80 x 24 where it does not say. */
export function useTerminalSize(): TerminalSize {
	const { stdout } = useStdout();
	const [size, setSize] = useState(() => sizeOf(stdout));
	useEffect(() => {
		const follow = (): void => setSize(sizeOf(stdout));
		// It may have changed between the first drawing and this effect.
		follow();
		stdout.on('resize', follow);
		return () => {
			stdout.off('resize', follow);
		};
	}, [stdout]);
	return size;
}

function sizeOf(stream: NodeJS.WriteStream): TerminalSize {
	// Test streams and serial lines have no size, and Node says 0 for some of them.
	return { columns: stream.columns || 80, rows: stream.rows || 24 };
}
