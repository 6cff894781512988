/** How many requests may be at work at once: each holds some records in memory. */
export interface Places {
	readonly total: number;
	readonly taken: number;
	/** Takes a place; null when there is none. The function gives it back, once. */
	take(): (() => void) | null;
}

export function createPlaces(total: number): Places {
	let taken = 0;
	return {
		total,
		get taken() {
			return taken;
		},
		take() {
			if (taken >= total) return null;
			taken++;
			let isMine = true;
			return () => {
				if (isMine) taken--;
				isMine = false;
			};
		},
	};
}
