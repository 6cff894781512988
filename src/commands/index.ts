import { average } from './average.js';
import { capture } from './capture.js';
import { collect } from './collect.js';
import { contribute } from './contribute.js';
import type { Command } from './define-command.js';
import { demo } from './demo.js';

/** Every command, in the order of `--help`. The files hold data; heavy modules are loaded when a command runs. */
export const commands: readonly Command[] = [capture, collect, contribute, average, demo];
