import { average } from './average.js';
import { capture } from './capture.js';
import { collect } from './collect.js';
import { contribute } from './contribute.js';
import type { Command } from './define-command.js';
import { demo } from './demo.js';
import { filter } from './filter.js';
import { infer } from './infer.js';
import { parties } from './parties.js';
import { party } from './party.js';

/** Every command, in the order of `--help`. The files hold data; heavy modules are loaded when a command runs. */
export const commands: readonly Command[] = [
	capture,
	collect,
	contribute,
	average,
	parties,
	party,
	infer,
	filter,
	demo,
];
