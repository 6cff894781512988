import { render, useInput } from 'ink';
import { Component, type ReactElement, type ReactNode } from 'react';
import type { MountOptions } from './mount.js';
import type { PictureLayer } from './picture-layer.js';
import type { Screen } from './screen.js';
import { type Complete, CompleteContext } from './use-complete.js';
import { PictureLayerContext } from './use-picture-layer.js';

interface AppOptions extends MountOptions {
	readonly screen: Screen;
	readonly layer: PictureLayer;
	readonly complete: Complete;
}

/** Starts Ink on the screen; returns how to stop it. */
export function renderApp(
	element: ReactElement,
	{ stdin, terminal, abort, screen, layer, complete }: AppOptions,
): () => void {
	const instance = render(
		<Boundary onError={complete}>
			<CompleteContext value={complete}>
				<Keyboard onQuit={() => abort.abort()} onRepaint={screen.repaint} />
				<PictureLayerContext value={layer}>{element}</PictureLayerContext>
			</CompleteContext>
		</Boundary>,
		{
			stdin,
			stdout: framesTo(terminal, screen),
			stderr: terminal,
			// Ink hands over whole frames and leaves the painting to the screen.
			debug: true,
			exitOnCtrlC: false,
			patchConsole: false,
		},
	);
	// Settled by `unmount`, or by an error that the boundary has reported already.
	instance.waitUntilExit().catch(complete);
	return () => {
		instance.unmount();
		instance.cleanup();
	};
}

interface KeyboardProps {
	readonly onQuit: () => void;
	readonly onRepaint: () => void;
}

/** Raw mode keeps the terminal from turning Ctrl-C into a signal, so it arrives here as a key. */
function Keyboard({ onQuit, onRepaint }: KeyboardProps): ReactNode {
	useInput((input, key) => {
		if (input === 'q' || (key.ctrl && input === 'c')) {
			onQuit();
		} else if (key.ctrl && input === 'l') {
			onRepaint();
		}
	});
	return null;
}

interface BoundaryProps {
	readonly onError: Complete;
	readonly children: ReactNode;
}

interface BoundaryState {
	readonly failed: boolean;
}

/** React offers error boundaries as classes only. */
class Boundary extends Component<BoundaryProps, BoundaryState> {
	override state: BoundaryState = { failed: false };

	static getDerivedStateFromError(): BoundaryState {
		return { failed: true };
	}

	override componentDidCatch(error: Error): void {
		this.props.onError(error);
	}

	override render(): ReactNode {
		return this.state.failed ? null : this.props.children;
	}
}

/** The terminal's stream (its size, its resize events), except that what is written goes to the screen as a frame. */
function framesTo(terminal: NodeJS.WriteStream, screen: Screen): NodeJS.WriteStream {
	const write = (text: string, done?: () => void): boolean => {
		// Ink writes an empty text to learn that all is flushed, and cursor sequences, which the screen does itself.
		if (text !== '' && !text.startsWith('\u001b[?25')) {
			screen.show(text);
		}
		done?.();
		return true;
	};
	return new Proxy(terminal, {
		get(target, key) {
			if (key === 'write') {
				return write;
			}
			const value: unknown = Reflect.get(target, key, target);
			return typeof value === 'function' ? value.bind(target) : value;
		},
	});
}
