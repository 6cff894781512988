import test from 'ava';
import fc from 'fast-check';
import { type CollectLayout, collectLayout, FACT_ROWS } from '../../../src/tui/dashboards/collect-layout.js';
import { fitPicture } from '../../../src/tui/picture-size.js';

const room = { width: 320, height: 240, causes: 3, warnings: 1 };

const goes = test.macro({
	exec: (t, columns: number, rows: number, place: CollectLayout['place']) =>
		t.is(collectLayout({ columns, rows }, room).place, place),
	title: (_, columns, rows, place) => `in ${columns} x ${rows} the picture goes ${place}`,
});

test(goes, 60, 15, 'beside');
test(goes, 80, 24, 'beside');
test(goes, 120, 40, 'beside');
test(goes, 200, 60, 'beside');
test(goes, 45, 40, 'below');
test(goes, 45, 15, 'none');
test(goes, 20, 5, 'none');

test('whatever the window and the picture, all parts fit and the facts come first', (t) => {
	const size = fc.record({ columns: fc.integer({ min: 1, max: 300 }), rows: fc.integer({ min: 1, max: 100 }) });
	const content = fc.record({
		width: fc.integer({ min: 1, max: 4000 }),
		height: fc.integer({ min: 1, max: 4000 }),
		causes: fc.nat(9),
		warnings: fc.nat(9),
	});
	fc.assert(
		fc.property(size, content, (window, shown) => {
			const layout = collectLayout(window, shown);
			const bodyRows = window.rows - 3 - 2 * layout.gapRows - layout.warningRows;
			const factRows = FACT_ROWS + layout.causeRows;
			t.true(layout.factsColumns <= window.columns);
			t.true(bodyRows < FACT_ROWS ? layout.causeRows + layout.warningRows === 0 : factRows <= bodyRows);
			if (layout.picture !== null) {
				const beside = layout.place === 'beside';
				t.true(layout.picture.columns + (beside ? layout.factsColumns + 2 : 0) <= window.columns);
				t.true(layout.picture.rows + (beside ? 0 : factRows + layout.gapRows) <= bodyRows);
			}
		}),
	);
});

test('a picture keeps its shape', (t) => {
	t.deepEqual(fitPicture({ width: 320, height: 240 }, { columns: 200, rows: 30 }), { columns: 80, rows: 30 });
	t.deepEqual(fitPicture({ width: 320, height: 240 }, { columns: 40, rows: 30 }), { columns: 40, rows: 15 });
	t.deepEqual(fitPicture({ width: 4000, height: 1 }, { columns: 40, rows: 30 }), { columns: 40, rows: 1 });
});
