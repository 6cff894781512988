import { average } from './average.js';
import { capture } from './capture.js';
import { collect } from './collect.js';
import { contribute } from './contribute.js';
import { decrypt } from './decrypt.js';
import type { Command } from './define-command.js';
import { demo } from './demo.js';
import { encrypt } from './encrypt.js';
import { enroll } from './enroll.js';
import { filter } from './filter.js';
import { gallery } from './gallery.js';
import { infer } from './infer.js';
import { inspect } from './inspect.js';
import { keygen } from './keygen.js';
import { match } from './match.js';
import { model } from './model.js';
import { motion } from './motion.js';
import { parties } from './parties.js';
import { party } from './party.js';
import { privacy } from './privacy.js';
import { subtract } from './subtract.js';
import { subtractor } from './subtractor.js';
import { watch } from './watch.js';

/** Every command, in the order of `--help`. The files hold data; heavy modules are loaded when a command runs. */
export const commands: readonly Command[] = [
	capture,
	collect,
	contribute,
	average,
	privacy,
	keygen,
	encrypt,
	subtract,
	motion,
	decrypt,
	inspect,
	subtractor,
	watch,
	parties,
	party,
	model,
	infer,
	filter,
	enroll,
	match,
	gallery,
	demo,
];
