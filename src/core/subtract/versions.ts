/** Of `.vct` files. */
export const VCT_VERSION = 1;
/** Of `.key` and `.pub` files. */
export const KEY_VERSION = 1;
/** Of `.motion` files. */
export const MOTION_VERSION = 1;
