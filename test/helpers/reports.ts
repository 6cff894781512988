/** The id of report `number`: 128 bits in hexadecimal. */
export function reportId(number: number): string {
	return number.toString(16).padStart(32, '0');
}

/** One-bit report that sets one pixel. */
export function onePixel(pixel: number, sampleCount = 64): Uint8Array {
	const body = new Uint8Array(Math.ceil(sampleCount / 8));
	body[pixel >> 3] = 1 << (pixel & 7);
	return body;
}

/** Report of int16 words. */
export function words(values: readonly number[]): Uint8Array {
	const body = new Uint8Array(2 * values.length);
	const view = new DataView(body.buffer);
	values.forEach((value, i) => {
		view.setInt16(2 * i, value, true);
	});
	return body;
}
