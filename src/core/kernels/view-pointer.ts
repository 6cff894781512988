/**
 * Gives the offset of a view on a kernel's memory, which is its pointer there.
 * Throws: RangeError for a view on another buffer.
 */
export type ViewPointer = (view: ArrayBufferView) => number;

export function viewPointer(memory: WebAssembly.Memory): ViewPointer {
	const { buffer } = memory;
	return (view) => {
		if (view.buffer !== buffer) throw new RangeError('view: expected one on the memory of the kernel');
		return view.byteOffset;
	};
}
