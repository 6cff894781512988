import { DataError } from '../errors.js';
import { runClearFixed } from '../nn/clear-fixed.js';
import { fromFixed } from '../nn/fixed-point.js';
import { sizeOf } from '../nn/graph.js';
import { seededNumbers } from '../nn/seeded-numbers.js';
import { DESCRIPTOR_BITS, fixedDescriptor } from './fixed-match.js';
import { recognitionInput, recognitionNetwork } from './recognition-network.js';
import { recognitionProgram } from './recognition-program.js';
import { type RecognitionWeights, readRecognitionWeights } from './recognition-weights.js';

const WHITE = 255;

/**
 * Finds out whether weights fit the recognition network: as many, and numbers that stay within the bits and windows which
 * were chosen for the package's own, over noise and white, which reach farther than faces. About 3 s.
 * Throws: DataError `other-face-weights` that names the folder, and `bad-descriptor`.
 */
export function checkOwnWeights(folder: string, weights: RecognitionWeights): void {
	const refuse = (why: string): DataError =>
		new DataError('other-face-weights', `${folder}: ${why}`, {
			hint: "They have to be face-api's recognition network, trained further or anew, with activations as small as its own.",
		});
	for (const [name, { length }] of readRecognitionWeights()) {
		const own = weights.get(name);
		if (own?.length !== length) throw refuse(`${name}: expected ${length} weights, got ${own?.length ?? 0}`);
		if (!own.every(Number.isFinite)) throw refuse(`${name}: has a weight that is not a number`);
	}
	const { graph, fixedPoint, windows } = recognitionProgram(recognitionNetwork(weights));
	const numbers = seededNumbers(1);
	const noise = Float64Array.from({ length: sizeOf(recognitionInput) }, () =>
		Math.round(WHITE / 2 + numbers.nextWithin(WHITE / 2)),
	);
	for (const picture of [noise, noise.map(() => WHITE)]) {
		const { output, problems } = runClearFixed(graph, fixedPoint, picture, { windows });
		if (problems.length > 0) throw refuse(`values are too large for the network's integers: ${problems[0]}`);
		fixedDescriptor(fromFixed(output, DESCRIPTOR_BITS), folder);
	}
}
