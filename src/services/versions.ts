/** Of `.model` files. */
export const MODEL_VERSION = 1;
/** Of a subtractor's index of frames. */
export const FRAMES_VERSION = 1;
/** Of a party's store of shared pictures. */
export const SHARES_VERSION = 2;
/** Of a party's gallery. */
export const GALLERY_VERSION = 1;
