import { clearBytes, KernelMemory } from '../kernels/memory.js';
import type { Words } from '../kernels/ring.js';
import { createWasmRing, RING_SCRATCH_BYTES } from '../kernels/ring-wasm.js';
import { copyInto } from './ring.js';
import type { Replicated } from './shares.js';
import { type TemplateSource, templatesOnKernel } from './template-source.js';

/** Templates of one process, in memory: they end with it. */
export interface TemplateTable extends TemplateSource {
	/**
	 * Adds vectors at the end, and this party's additive parts of their squared norms.
	 * Shape: vectors count x length, squares count.
	 */
	append(vectors: Replicated, squares: Words): Promise<void>;
	/** Forgets all vectors, and keeps their memory for others. */
	clear(): void;
}

/** A block is one memory with kernels of its own, so that a table grows without being copied. Untouched pages cost nothing. */
const BLOCK_TEMPLATES = 65_536;
/** Products that a kernel writes before they are copied out. */
const OUT_TEMPLATES = 8192;
/** For the rounding of each view. */
const ROUNDING_BYTES = 4096;

interface Block {
	readonly vectors: Replicated;
	readonly squares: Int32Array;
	/** Where the kernel reads its other factor, and writes. */
	readonly x: Replicated;
	readonly out: Int32Array;
	readonly source: TemplateSource;
}

/** An empty table: 8 bytes of each number of a template and 4 more of each template, per party. */
export function createTemplateTable(length: number): TemplateTable {
	const blocks: Block[] = [];
	let count = 0;
	return {
		length,
		get count() {
			return count;
		},
		async append({ first, second }, squares) {
			const after = count + squares.length;
			while (blocks.length * BLOCK_TEMPLATES < after) blocks.push(await createBlock(length));
			for (const { block, at, start, rows } of partsOf(blocks, count, squares.length)) {
				const [from, to] = [start * length, (start + rows) * length];
				copyInto(block.vectors.first.subarray(at * length, (at + rows) * length), first.subarray(from, to));
				copyInto(block.vectors.second.subarray(at * length, (at + rows) * length), second.subarray(from, to));
				copyInto(block.squares.subarray(at, at + rows), squares.subarray(start, start + rows));
			}
			count = after;
		},
		clear() {
			for (const { block, at, rows } of partsOf(blocks, 0, count)) {
				const [from, to] = [at * length, (at + rows) * length];
				clearBytes(block.vectors.first.subarray(from, to));
				clearBytes(block.vectors.second.subarray(from, to));
				clearBytes(block.squares.subarray(at, at + rows));
			}
			count = 0;
		},
		squaresAndProductsInto(own, x, from) {
			const to = from + own.length;
			if (!(from >= 0 && to <= count)) throw new RangeError(`templates: expected 0..${count}, got ${from}..${to}`);
			for (const { block, at, start, rows } of partsOf(blocks, from, own.length)) {
				copyInto(block.x.first, x.first);
				copyInto(block.x.second, x.second);
				for (let done = 0; done < rows; done += OUT_TEMPLATES) {
					const out = block.out.subarray(0, Math.min(OUT_TEMPLATES, rows - done));
					block.source.squaresAndProductsInto(out, block.x, at + done);
					copyInto(own.subarray(start + done, start + done + out.length), out);
				}
			}
		},
	};
}

/** The rows `from`.. of a table, block by block: `at` in the block, `start` among the rows. */
function* partsOf(blocks: readonly Block[], from: number, count: number) {
	for (let start = 0; start < count; ) {
		const at = (from + start) % BLOCK_TEMPLATES;
		const rows = Math.min(BLOCK_TEMPLATES - at, count - start);
		yield { block: blocks[Math.floor((from + start) / BLOCK_TEMPLATES)], at, start, rows };
		start += rows;
	}
}

async function createBlock(length: number): Promise<Block> {
	const words = BLOCK_TEMPLATES * (2 * length + 1) + OUT_TEMPLATES + 2 * length;
	const memory = new KernelMemory(4 * words + RING_SCRATCH_BYTES + ROUNDING_BYTES);
	const ring = await createWasmRing(memory);
	const view = (size: number) => new Int32Array(memory.memory.buffer, memory.allocate(4 * size), size);
	const vectors = { first: view(BLOCK_TEMPLATES * length), second: view(BLOCK_TEMPLATES * length) };
	const squares = view(BLOCK_TEMPLATES);
	return {
		vectors,
		squares,
		x: { first: view(length), second: view(length) },
		out: view(OUT_TEMPLATES),
		source: templatesOnKernel(ring, vectors, squares, length),
	};
}
