/**
 * Counts the tests in TAP text. A file that crashes or has no tests is a `not ok` line of its own; a test left to do
 * ("# TODO") is as good as skipped; so is one that logs that it lacks a program.
 * Text without its plan ("1..120", the last thing that ava prints) was cut off, which counts as a failure.
 */
export function summaryOfTap(text) {
	const summary = { passed: 0, failed: 0, skipped: 0 };
	for (const line of text.split('\n')) {
		if (/^(?:not )?ok \d+.*# (?:SKIP|TODO)/.test(line)) summary.skipped++;
		else if (/^not ok \d+/.test(line)) summary.failed++;
		else if (/^ok \d+/.test(line)) summary.passed++;
		else if (/^\s*#\s+skipped: /.test(line)) {
			// the test that logs it is also counted as passed
			summary.skipped++;
			summary.passed--;
		}
	}
	if (!/^1\.\.\d+$/m.test(text)) summary.failed++;
	return summary;
}

/** "120 passed, 0 failed, 0 skipped" */
export function summaryLine({ passed, failed, skipped }) {
	return `${passed} passed, ${failed} failed, ${skipped} skipped`;
}
