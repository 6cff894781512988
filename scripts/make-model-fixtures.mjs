// Writes the networks of the tests as ONNX files, through the official .proto: `npm run build`, then
// `node scripts/make-model-fixtures.mjs [FOLDER]` (fixtures/models unless told otherwise).
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { networks } from '../dist/test/helpers/networks.js';
import { encodeModel, modelProto } from '../dist/test/helpers/onnx-models.js';

const folder = process.argv[2] ?? join(import.meta.dirname, '..', 'fixtures', 'models');
mkdirSync(folder, { recursive: true });
for (const [name, network] of Object.entries(networks)) {
	writeFileSync(join(folder, `${name}.onnx`), encodeModel(modelProto(network())));
}
