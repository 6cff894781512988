/** Bytes in lower-case hexadecimal. */
export function hexOf(bytes: Uint8Array): string {
	return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
}

/** The other way; undefined for what is not so many bytes in lower-case hexadecimal. */
export function bytesOfHex(text: string, byteLength: number): Uint8Array<ArrayBuffer> | undefined {
	if (!/^[0-9a-f]*$/.test(text) || text.length !== 2 * byteLength) return undefined;
	return Uint8Array.from({ length: byteLength }, (_, i) => Number.parseInt(text.slice(2 * i, 2 * i + 2), 16));
}
