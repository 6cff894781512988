import { collect } from './collect.js';
import type { Command } from './define-command.js';

/** Every command, in the order of `--help`. The files hold data; heavy modules are loaded when a command runs. */
export const commands: readonly Command[] = [collect];
