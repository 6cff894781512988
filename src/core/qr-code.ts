import { encodeQR } from 'qr';

/** Light modules around the code; the standard asks for four, and readers do with two. */
const QUIET_MODULES = 2;

/**
 * The QR code of a text, row by row; true is dark.
 * Shape: square, with a quiet border of two modules. Error: corrects 7 % of damage, for the smallest code.
 */
export function qrModules(text: string): readonly (readonly boolean[])[] {
	return encodeQR(text, 'raw', { ecc: 'low', border: QUIET_MODULES });
}
