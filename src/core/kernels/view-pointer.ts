/**
 * Gives the offset of a view on a kernel's memory, which is its pointer there.
 * Throws: RangeError for a view on another buffer, or with elements of another size than a byte or the kernel's words.
 */
export type ViewPointer = (view: ArrayBufferView & { readonly BYTES_PER_ELEMENT: number }) => number;

export function viewPointer(memory: WebAssembly.Memory, wordBytes: number): ViewPointer {
	const { buffer } = memory;
	return (view) => {
		if (view.buffer !== buffer) throw new RangeError('view: expected one on the memory of the kernel');
		const { BYTES_PER_ELEMENT: elementBytes } = view;
		if (elementBytes !== 1 && elementBytes !== wordBytes) {
			throw new RangeError(`view: expected words of ${wordBytes} bytes, got ${elementBytes}`);
		}
		return view.byteOffset;
	};
}
