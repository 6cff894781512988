import type { LayerDescription } from '../../core/nn/describe-network.js';
import type { NodeHeadroom } from '../../core/nn/passes/calibrate.js';
import type { SecureProgram } from '../../core/nn/secure.js';
import type { Finish } from '../../core/onnx/lowering.js';

/** How a picture becomes the network's input: (sample / divisor - mean) / std, by channel. */
export interface Preprocessing {
	readonly divisor: number;
	/** One number for all channels, or one for each. */
	readonly mean: readonly number[];
	readonly std: readonly number[];
}

/** What an import leaves: a network ready to run, and how it came about. */
export interface Model extends SecureProgram {
	/** Random, 128 bits in hexadecimal: what parties call it. */
	readonly id: string;
	/** Of the file that it was imported from. */
	readonly name: string;
	readonly opset: number;
	/** As the file had them, with their batch. */
	readonly inputDims: readonly number[];
	/** Of what is opened. */
	readonly outputDims: readonly number[];
	readonly finish: Finish | undefined;
	readonly preprocessing: Preprocessing;
	/** The least and the greatest input that its bits were chosen for. */
	readonly range: { readonly min: number; readonly max: number };
	/** Samples that the bits were chosen by; 0 for bounds by intervals. */
	readonly samples: number;
	readonly headroomBits: number;
	readonly ringReason: string | undefined;
	/** Layers as the file had them, before any pass. */
	readonly before: readonly LayerDescription[];
	readonly headroom: readonly NodeHeadroom[];
	/** Without its weights a file is what clients need of a model that the parties keep. */
	readonly hasWeights: boolean;
}
