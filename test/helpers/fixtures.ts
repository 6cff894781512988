import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** The package's root: sources and built tests lie at different depths below it. */
export const packageRoot = findRoot(import.meta.dirname);

/** Folder with the photographs; origin and licence of each in fixtures/README.md. */
export const picturesFolder = join(packageRoot, 'fixtures', 'pictures');

/** Sixteen photographs of one face each, 320x240 RGB. */
export const faces: readonly string[] = Array.from({ length: 16 }, (_, i) =>
	join(picturesFolder, `face-${String(i + 1).padStart(2, '0')}.jpg`),
);

/** Photographs without a human face, 320x240 RGB. */
export const scenes = {
	coffee: join(picturesFolder, 'scene-coffee.jpg'),
	rocket: join(picturesFolder, 'scene-rocket.jpg'),
	cat: join(picturesFolder, 'scene-cat.jpg'),
} as const;

/** Eye centres of each face, by file name; see fixtures/README.md. */
export const faceEyes = join(picturesFolder, 'faces.json');

/** Shape of every photograph here. */
export const pictureSize = { width: 320, height: 240 } as const;

function findRoot(start: string): string {
	if (existsSync(join(start, 'package.json'))) {
		return start;
	}
	const parent = dirname(start);
	if (parent === start) {
		throw new Error(`no package.json above ${import.meta.dirname}`);
	}
	return findRoot(parent);
}
