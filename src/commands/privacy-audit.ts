import { setImmediate } from 'node:timers/promises';
import { type AuditResult, runAudit } from '../core/audit/run-audit.js';
import { exactTarget, releaseTarget } from '../core/audit/sum-target.js';
import { type AuditTarget, cameraTarget } from '../core/audit/target.js';
import { createMechanism } from '../core/average/mechanism.js';
import type { MechanismKind } from '../core/average/mechanism-parameters.js';
import { type PlanQuestion, planRows } from '../core/average/plan.js';
import { describeFigure } from '../core/average/privacy-figure.js';
import { BugError } from '../core/errors.js';
import { createSumHere } from '../services/shares/sum-here.js';
import type { CommandContext, CommandResult } from './define-command.js';
import { parseSize } from './option-values.js';

interface AuditCommandOptions extends PlanQuestion {
	readonly size: string | undefined;
	readonly mechanism: MechanismKind | undefined;
	readonly trials: number | undefined;
	readonly confidence: number | undefined;
}

const DEFAULT_TRIALS = 50_000;
const DEFAULT_CONFIDENCE = 0.999;

/** `privacy audit`. Throws: BugError where a claim turns out wrong. */
export async function auditPrivacy(
	options: AuditCommandOptions,
	{ reporter, random, abort, json }: CommandContext,
): Promise<CommandResult> {
	const { mechanism, trials = DEFAULT_TRIALS, confidence = DEFAULT_CONFIDENCE } = options;
	const targets = targetsOf(options).filter(({ kind }) => mechanism === undefined || kind === mechanism);
	const results: AuditResult[] = [];
	for (const { target } of targets) {
		const attacks = runAudit(target, { trials, confidence }, random);
		let step = await attacks.next();
		for (; step.done !== true; step = await attacks.next()) {
			reporter.progress({ phase: `attacking ${target.name}`, done: step.value, total: trials });
			await setImmediate();
			abort.signal.throwIfAborted();
		}
		results.push(step.value);
		if (json) reporter.event('audited', { ...step.value });
	}
	const broken = results.filter(({ verdict }) => verdict === 'broken');
	if (broken.length > 0) {
		throw new BugError('claim-broken', `the claim of ${broken.map(({ name }) => name).join(', ')} is contradicted`, {
			hint: `This happens by chance once in ${Math.round(1 / (1 - confidence))}: run it again with more --trials. If it stays, do not use it, and report it.`,
		});
	}
	return { fields: { trials, confidence, results }, text: tableOf(results, trials, confidence) };
}

/** Every mechanism with the setting that gives the epsilon asked for, and sums on shares. */
function targetsOf(options: AuditCommandOptions): { readonly kind: MechanismKind; readonly target: AuditTarget }[] {
	const { epsilon, delta, picturesPerPerson } = options;
	const atCamera = planRows(options, 1).flatMap(({ protects, name, parameters }) => {
		if (protects === 'person' || parameters === null || parameters.kind === 'shares') return [];
		const target = cameraTarget(createMechanism(parameters), name, picturesPerPerson);
		return [{ kind: parameters.kind, target }];
	});
	const { width, height } = parseSize(options.size ?? '8x6');
	const promise = { epsilon, delta, picturesPerPerson };
	const openSum = createSumHere();
	const onShares = ([8, 1] as const).flatMap((bits) =>
		[true, false].map((isServer) => releaseTarget({ promise, bits, sampleCount: width * height, isServer, openSum })),
	);
	return [...atCamera, ...[...onShares, exactTarget(openSum)].map((target) => ({ kind: 'shares' as const, target }))];
}

function tableOf(results: readonly AuditResult[], trials: number, confidence: number): string {
	const rows = results.map(({ name, protects, claim, epsilonAtLeast, gaussian, verdict }) => [
		name,
		protects,
		describeFigure(claim),
		epsilonAtLeast.toFixed(2),
		gaussian === null ? '' : gaussian.epsilonAtLeast.toFixed(2),
		verdict,
	]);
	const head = ['', 'protects', 'claim', 'epsilon at least', 'if Gaussian', ''];
	const widths = head.map((_, column) => Math.max(...[head, ...rows].map((row) => row[column].length)));
	const lines = [head, ...rows].map((row) =>
		row
			.map((cell, column) => cell.padEnd(widths[column]))
			.join('  ')
			.trimEnd(),
	);
	return [
		`${trials.toLocaleString('en')} attacks on each; each row holds with a chance of ${(100 * confidence).toFixed(4).replace(/\.?0+$/, '')} %`,
		'',
		...lines,
		'',
		...[...new Set(results.map(({ ran }) => ran))].map((ran) => `What ran: ${ran}.`),
		'A bound without a claim rises with --trials: there the two pictures are told apart beyond doubt.',
	].join('\n');
}
