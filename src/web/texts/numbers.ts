/** How a language writes numbers. */
export interface NumberSigns {
	/** Between thousands. */
	readonly group: string;
	readonly point: string;
	/** Behind a percentage, with the blank before it where there is one. */
	readonly percent: string;
}

export interface Numbers {
	/** A whole number, not negative. */
	number(value: number): string;
	/** A share of 0..1 in percent. Error: three digits are kept. */
	percent(value: number): string;
	/** One digit behind the point. */
	decimal(value: number): string;
}

/**
 * Numbers as a language writes them. `Intl` would do the same, but its first use takes a browser longer than all the rest
 * of the page's start.
 */
export function numbersOf({ group, point, percent }: NumberSigns): Numbers {
	return {
		number: (value) => value.toFixed(0).replace(/\B(?=(?:\d{3})+$)/g, group),
		percent(value) {
			// twelve digits behind the point, for a number that would be written with an exponent
			const digits = Number((100 * value).toPrecision(3)).toFixed(12);
			return digits.replace(/\.?0+$/, '').replace('.', point) + percent;
		},
		decimal: (value) => value.toFixed(1).replace('.', point),
	};
}
