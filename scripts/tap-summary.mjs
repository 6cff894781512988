// Reads what `ava --tap` printed from a file and says how the tests went, in one line.
// Exits with 1 unless something passed, nothing failed and nothing was skipped.
import { readFileSync } from 'node:fs';
import { summaryLine, summaryOfTap } from './tap.mjs';

const summary = summaryOfTap(readFileSync(process.argv[2], 'utf8'));
console.log(summaryLine(summary));
process.exitCode = summary.passed > 0 && summary.failed === 0 && summary.skipped === 0 ? 0 : 1;
