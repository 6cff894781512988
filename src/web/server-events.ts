/**
 * The data of each server-sent event of a stream, in order. Source: WHATWG HTML, 9.2.6.
 * Throws: TypeError when nothing came for `silenceMs`, not even a comment: the network is gone without a word.
 */
export async function* eventData(stream: ReadableStream<Uint8Array>, silenceMs: number): AsyncGenerator<string> {
	const reader = stream.getReader();
	const decoder = new TextDecoder();
	let text = '';
	try {
		for (;;) {
			const { done, value } = await orSilence(reader.read(), silenceMs);
			if (done) return;
			text += decoder.decode(value, { stream: true });
			const events = text.split('\n\n');
			text = events.pop() ?? '';
			for (const event of events) {
				const lines = event.split('\n').filter((line) => line.startsWith('data:'));
				if (lines.length > 0) yield lines.map((line) => line.slice(5).trimStart()).join('\n');
			}
		}
	} finally {
		await reader.cancel();
	}
}

async function orSilence<Value>(reading: Promise<Value>, silenceMs: number): Promise<Value> {
	let timer: ReturnType<typeof setTimeout> | undefined;
	const silence = new Promise<never>((_resolve, reject) => {
		timer = setTimeout(() => reject(new TypeError('silence')), silenceMs);
	});
	try {
		return await Promise.race([reading, silence]);
	} finally {
		clearTimeout(timer);
	}
}
