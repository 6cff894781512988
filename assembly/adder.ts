// Carry-save adders on rows of replicated bits. All pointers are byte offsets into the imported memory.
//
//   row s      at rows + s * 2 * bytes: `bytes` of the party's first component, then `bytes` of its second
//   triples    i32[3 * count]   x, y, z: rows that are added; x becomes the sum, y the carry
//   next       count * bytes    masks shared with the next party
//   previous   count * bytes    masks shared with the previous party
//   carries    count * bytes    the first component of each carry, for the previous party

/** sum = x ^ y ^ z, carry = (x ^ z)(y ^ z) ^ z; of the carry the first component only. `bytes` is a multiple of 16. */
export function addRows(
	rows: usize,
	triples: usize,
	count: i32,
	bytes: usize,
	next: usize,
	previous: usize,
	carries: usize,
): void {
	let mask = next;
	let mask2 = previous;
	let out = carries;
	for (let i = 0; i < count; i++) {
		const triple = triples + <usize>(12 * i);
		const x = rows + ((<usize>load<i32>(triple) * bytes) << 1);
		const y = rows + ((<usize>load<i32>(triple, 4) * bytes) << 1);
		const z = rows + ((<usize>load<i32>(triple, 8) * bytes) << 1);
		for (let at: usize = 0; at < bytes; at += 16) {
			const z1 = v128.load(z + at);
			const z2 = v128.load(z + bytes + at);
			const y1 = v128.load(y + at);
			const y2 = v128.load(y + bytes + at);
			const t1 = v128.xor(v128.load(x + at), z1);
			const t2 = v128.xor(v128.load(x + bytes + at), z2);
			v128.store(x + at, v128.xor(t1, y1));
			v128.store(x + bytes + at, v128.xor(t2, y2));
			const u1 = v128.xor(y1, z1);
			const own = v128.and(t1, v128.xor(u1, v128.xor(y2, z2)));
			const both = v128.xor(own, v128.and(t2, u1));
			const masks = v128.xor(v128.load(mask + at), v128.load(mask2 + at));
			const carry = v128.xor(v128.xor(both, masks), z1);
			v128.store(y + at, carry);
			v128.store(out + at, carry);
		}
		mask += bytes;
		mask2 += bytes;
		out += bytes;
	}
}
