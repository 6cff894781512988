import test from 'ava';
import { referenceAdder } from '../../../src/core/kernels/adder.js';
import { createWasmAdder } from '../../../src/core/kernels/adder-wasm.js';
import { KernelMemory } from '../../../src/core/kernels/memory.js';
import { seededRandom } from '../average/keystream.js';

function shared(byteLength: number, seed: number): (memory: KernelMemory) => Uint8Array {
	return (memory) => {
		const bytes = new Uint8Array(byteLength);
		seededRandom(seed).fillInto(bytes);
		const view = new Uint8Array(memory.memory.buffer, memory.allocate(byteLength), byteLength);
		view.set(bytes);
		return view;
	};
}

for (const rowBytes of [16, 48, 9600]) {
	test(`wasm adders of rows of ${rowBytes} bytes do what the reference does`, async (t) => {
		const memory = new KernelMemory(2 ** 20);
		const kernel = await createWasmAdder(memory);
		const rows = shared(2 * rowBytes * 9, 1)(memory);
		const masks = { next: shared(2 * rowBytes, 2)(memory), previous: shared(2 * rowBytes, 3)(memory) };
		const carries = shared(2 * rowBytes, 4)(memory);
		const triples = new Int32Array(memory.memory.buffer, memory.allocate(24), 6);
		triples.set([1, 2, 3, 8, 5, 0]);
		const expected = rows.slice();
		const expectedCarries = carries.slice();
		referenceAdder.addRowsInto(expected, triples, rowBytes, masks, expectedCarries);
		kernel.addRowsInto(rows, triples, rowBytes, masks, carries);
		t.deepEqual(rows.slice(), expected);
		t.deepEqual(carries.slice(), expectedCarries);
	});
}

for (const [name, build] of [
	['reference', async () => referenceAdder],
	['wasm', createWasmAdder],
] as const) {
	test(`${name}: refuses rows and lengths that do not fit`, async (t) => {
		const memory = new KernelMemory(2 ** 20);
		const kernel = await build(memory);
		const bytes = (length: number) => new Uint8Array(memory.memory.buffer, memory.allocate(length), length);
		const triples = new Int32Array(memory.memory.buffer, memory.allocate(12), 3);
		const call = (rowCount: number, rowBytes: number, maskBytes: number) => () => {
			const masks = { next: bytes(maskBytes), previous: bytes(maskBytes) };
			kernel.addRowsInto(bytes(rowCount * 32), triples, rowBytes, masks, bytes(16));
		};
		triples.set([0, 1, 2]);
		t.notThrows(call(3, 16, 16));
		t.throws(call(2, 16, 16), { instanceOf: RangeError });
		t.throws(call(3, 8, 8), { instanceOf: RangeError });
		t.throws(call(3, 16, 32), { instanceOf: RangeError });
	});
}
