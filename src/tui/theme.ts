/** The colours that every terminal has. */
export type Colour = 'cyan' | 'blue' | 'green' | 'yellow' | 'magenta' | 'red';

/** What each part is drawn in; undefined is the terminal's own colour. */
export interface Theme {
	readonly title: Colour | undefined;
	readonly accent: Colour | undefined;
	readonly good: Colour | undefined;
	readonly warning: Colour | undefined;
	readonly bad: Colour | undefined;
	/** Labels and rules: dimmed, which every terminal derives from its own foreground. */
	readonly dimLabels: boolean;
}

/** Plain colours, no bright ones: also taken when the ground is unknown, where bright ones could vanish. */
const DARK: Theme = {
	title: 'cyan',
	accent: 'cyan',
	good: 'green',
	warning: 'yellow',
	bad: 'red',
	dimLabels: true,
};

/** Dim text is hardly readable on white, cyan and yellow are not at all. */
const LIGHT: Theme = {
	title: 'blue',
	accent: 'blue',
	good: 'green',
	warning: 'magenta',
	bad: 'red',
	dimLabels: false,
};

const NONE: Theme = {
	title: undefined,
	accent: undefined,
	good: undefined,
	warning: undefined,
	bad: undefined,
	dimLabels: false,
};

/**
 * The colours for this terminal. `NO_COLOR` (any text but the empty one) takes all of them away; `COLORFGBG`, where a
 * terminal sets it, ends with the number of its background. Without it a dark ground is assumed.
 */
export function themeFor(env: Readonly<Record<string, string | undefined>>): Theme {
	if (env.NO_COLOR !== undefined && env.NO_COLOR !== '') {
		return NONE;
	}
	const background = Number(env.COLORFGBG?.split(';').at(-1) || Number.NaN);
	// Of the sixteen colours 7 and 9 to 15 are light; 8 is dark gray.
	return background === 7 || (background >= 9 && background <= 15) ? LIGHT : DARK;
}
