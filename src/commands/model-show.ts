import { readFileBytes } from '../core/image/files.js';
import { describeNetwork, type LayerDescription } from '../core/nn/describe-network.js';
import { inputsOf } from '../core/nn/graph.js';
import { predictCosts } from '../core/nn/predict-costs.js';
import type { Model } from '../services/model/model.js';
import { decodeModelFile } from '../services/model/model-file.js';
import { planArena } from '../services/party/job-plan.js';
import type { CommandResult } from './define-command.js';

/** What `model import` and `model show` tell programs. */
export function factsOf(model: Model) {
	const after = describeNetwork(model.graph);
	const sum = (of: (layer: LayerDescription) => number): number => after.reduce((all, layer) => all + of(layer), 0);
	const layers = model.graph.nodes.flatMap((node) =>
		'weights' in node ? [{ name: node.output, weights: node.weights.length, bias: node.bias.length }] : [],
	);
	return {
		id: model.id,
		ringBits: model.fixedPoint.ringBits,
		headroomBits: model.headroomBits,
		...(model.ringReason === undefined ? {} : { ringReason: model.ringReason }),
		layers: after.length,
		parameters: sum(({ parameters }) => parameters),
		multiplyAdds: sum(({ multiplyAdds }) => multiplyAdds),
		comparisons: sum(({ comparisons }) => comparisons),
		publicWeights: predictCosts(model, false),
		privateWeights: predictCosts(model, true),
		memoryBytes: planArena(model.graph, layers, model.fixedPoint.ringBits),
	};
}

/** `model show`. */
export async function showModel(file: string): Promise<CommandResult> {
	const model = decodeModelFile(await readFileBytes(file, 'a model'), file);
	const facts = factsOf(model);
	const after = describeNetwork(model.graph);
	const bits = new Map(model.headroom.map((node) => [node.name, node]));
	const head = ['layer', 'kind', 'output', 'parameters', 'multiply-adds', 'comparisons'];
	const rowOf = (layer: LayerDescription): string[] => [
		layer.name,
		layer.kind,
		layer.shape,
		...[layer.parameters, layer.multiplyAdds, layer.comparisons].map((count) => (count === 0 ? '' : String(count))),
	];
	const lines = [
		`${model.name}, opset ${model.opset}: ${model.inputDims.join('x')} in, ${(model.finish?.dimsAfter ?? model.outputDims).join('x')} out`,
		'',
		'As imported',
		...table([head, ...model.before.map(rowOf)]),
		'',
		'As it runs: scales folded, values moved once, ReLUs behind their max-pools',
		...table([
			[...head, 'bits', 'headroom'],
			...after.map((layer) => {
				const node = bits.get(layer.name);
				const kept = node === undefined ? '' : bitsText(node.naturalBits, node.fractionalBits);
				return [...rowOf(layer), kept, node === undefined ? '' : node.headroomBits.toFixed(1)];
			}),
		]),
		'',
		`Integers of ${facts.ringBits} bits, ${facts.headroomBits.toFixed(1)} of headroom${model.samples > 0 ? ` by ${model.samples} samples` : ' by bounds for every input'}`,
		...(model.ringReason === undefined ? [] : [`A ring of 64 bits: ${model.ringReason}.`]),
		...(model.finish === undefined ? [] : [`${model.finish.kind}: computed by the client on the opened result`]),
		...(
			[
				['public', facts.publicWeights],
				['secret', facts.privateWeights],
			] as const
		).map(([what, { bytesByParty, rounds }]) => {
			const kilobytes = bytesByParty.map((bytes) => Math.round(bytes / 1000)).join(' + ');
			return `With ${what} weights: ${rounds} rounds, ${kilobytes} kB between the parties`;
		}),
		`Memory of each party: ${Math.ceil(facts.memoryBytes / 2 ** 20)} MB`,
		...(model.hasWeights ? [] : ['Without its weights: the parties keep them']),
	];
	const nodes = after.map((layer, i) => ({
		...layer,
		inputs: inputsOf(model.graph.nodes[i]),
		...bits.get(layer.name),
	}));
	return { fields: { ...facts, before: model.before, after: nodes }, text: lines.join('\n') };
}

/** "20 > 8" where a truncation cuts 20 fractional bits to 8. */
function bitsText(natural: number, kept: number): string {
	return natural === kept ? String(kept) : `${natural} > ${kept}`;
}

function table(rows: readonly (readonly string[])[]): string[] {
	const widths = rows[0].map((_, column) => Math.max(...rows.map((row) => row[column].length)));
	return rows.map((row) => `  ${row.map((cell, column) => cell.padEnd(widths[column])).join('  ')}`.trimEnd());
}
