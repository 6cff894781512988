import test from 'ava';
import { createPictureLayer } from '../../src/tui/picture-layer.js';
import { safeText } from '../../src/tui/safe-text.js';

test('a mark and the spaces behind it become the row of the picture, in its width', (t) => {
	const layer = createPictureLayer(() => {});
	layer.place(0, ['AAAA', 'BBBB'], 4);
	layer.place(1, ['cc'], 2);
	t.is(layer.expand(`facts  ${layer.mark(0, 1)}   |`), 'facts  BBBB|');
	t.is(layer.expand(`${layer.mark(0, 0)}    ${layer.mark(1, 0)}`), 'AAAA cc');
});

test('a mark without a picture is blank', (t) => {
	const layer = createPictureLayer(() => {});
	t.is(layer.expand(`x${layer.mark(0, 0)}  y`), 'x   y');
	layer.place(0, ['a'], 1);
	t.is(layer.expand(`x${layer.mark(0, 1)}  y`), 'x   y');
});

test('placing a picture is told', (t) => {
	let told = 0;
	const layer = createPictureLayer(() => told++);
	layer.place(0, [], 1);
	t.is(told, 1);
});

test('foreign text cannot hold a mark', (t) => {
	const layer = createPictureLayer(() => {});
	layer.place(59, [], 1);
	for (const mark of [layer.mark(0, 0), layer.mark(59, 1023)]) {
		t.is(layer.expand(safeText(`a${mark}b`)), safeText(`a${mark}b`));
	}
});
