import { createContext, useContext } from 'react';
import type { PictureLayer } from './picture-layer.js';

/** Null where no screen of ours is below, as in tests of single components. */
export const PictureLayerContext = createContext<PictureLayer | null>(null);

export function usePictureLayer(): PictureLayer | null {
	return useContext(PictureLayerContext);
}
