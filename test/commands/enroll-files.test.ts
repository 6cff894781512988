import test from 'ava';
import { guardRoom } from '../../src/commands/enroll-files.js';
import { MAX_TEMPLATES } from '../../src/services/party/gallery-program.js';

test('templates for which the gallery has no room are refused with what it holds', (t) => {
	t.notThrows(() => guardRoom(0, MAX_TEMPLATES));
	t.notThrows(() => guardRoom(MAX_TEMPLATES - 1, 1));
	t.throws(() => guardRoom(MAX_TEMPLATES - 1, 2), {
		code: 'gallery-full',
		message: '2 templates are too many: the gallery holds 1048575 of 1048576',
	});
});
