import { useEffect, useMemo, useSyncExternalStore } from 'react';
import type { Image } from '../core/image/image.js';
import { createPicturePump, type PumpState, type RenderPicture } from './picture-pump.js';
import type { CellSize } from './picture-size.js';

export interface WantedPicture {
	readonly image: Image;
	/** The same text means the same picture. */
	readonly key: string;
}

/** The picture as lines of text, drawn again when its key or the room changes; the old lines stay until then. */
export function usePicture(render: RenderPicture, wanted: WantedPicture | null, size: CellSize | null): PumpState {
	const pump = useMemo(
		() => createPicturePump({ render, nowMs: () => performance.now(), schedule: scheduleByTimer }),
		[render],
	);
	useEffect(() => () => pump.stop(), [pump]);
	// Without a list of dependencies: the pump itself knows what it has drawn.
	useEffect(() => {
		if (wanted !== null && size !== null) {
			pump.request(wanted.image, wanted.key, size.columns, size.rows);
		}
	});
	return useSyncExternalStore(pump.subscribe, pump.getState);
}

function scheduleByTimer(action: () => void, delayMs: number): () => void {
	const timer = setTimeout(action, delayMs);
	return () => clearTimeout(timer);
}
