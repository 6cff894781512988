/** Above this epsilon the promise is empty in practice: e^20 is half a billion. */
export const MEANINGFUL_EPSILON = 20;

/** What a release promises about one unit, as it appears in `--json`. */
export type PrivacyFigure =
	| {
			readonly guarantee: 'epsilon';
			readonly epsilon: number;
			/** 0 for pure epsilon-DP. */
			readonly delta: number;
			/** False above epsilon 20: shown as "not meaningful". */
			readonly meaningful: boolean;
	  }
	| {
			readonly guarantee: 'none';
			/** No finite epsilon; the total variation, that is (0, delta)-DP. */
			readonly delta: number;
	  };

export function epsilonFigure(epsilon: number, delta = 0): PrivacyFigure {
	return { guarantee: 'epsilon', epsilon, delta, meaningful: epsilon <= MEANINGFUL_EPSILON };
}

/** "1e-6" rather than a row of zeros. */
export function describeDelta(delta: number): string {
	return delta < 0.001 ? delta.toExponential() : String(delta);
}

/** The figure for people: "epsilon 2", "epsilon 153,600: not meaningful", "none (delta 0.99)". */
export function describeFigure(figure: PrivacyFigure): string {
	const rounded = new Intl.NumberFormat('en', { maximumSignificantDigits: 6 });
	if (figure.guarantee === 'none') return `none (delta ${Number(figure.delta.toPrecision(2))})`;
	const delta = figure.delta > 0 ? `, delta ${describeDelta(figure.delta)}` : '';
	return `epsilon ${rounded.format(figure.epsilon)}${delta}${figure.meaningful ? '' : ': not meaningful'}`;
}
