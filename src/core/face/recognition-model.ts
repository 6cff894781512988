import type { SecureProgram } from '../nn/secure.js';
import { type PublicWeights, publicWeights } from '../nn/secure-weights.js';
import { recognitionNetwork } from './recognition-network.js';
import { recognitionProgram } from './recognition-program.js';
import { readRecognitionWeights } from './recognition-weights.js';

/** The recognition network with its weights as integers. */
export interface RecognitionModel {
	readonly program: SecureProgram;
	readonly layers: ReadonlyMap<string, PublicWeights>;
}

/** Reads the package's weight files and rounds them: about 0.2 s, 70 MB. Throws: DataError `no-face-weights`. */
export function loadRecognitionModel(): RecognitionModel {
	const program = recognitionProgram(recognitionNetwork(readRecognitionWeights()));
	return { program, layers: publicWeights(program.graph, program.fixedPoint) };
}
