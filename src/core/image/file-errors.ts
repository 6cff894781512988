import { DataError } from '../errors.js';

/**
 * The refusal for an error of the file system: by its cause where there is a name for it, otherwise `code` with `what` and `hint`.
 * A DataError is returned as it is.
 */
export function fileError(error: unknown, path: string, code: string, what: string, hint: string): DataError {
	if (error instanceof DataError) {
		return error;
	}
	switch (errorCode(error)) {
		case 'ENOENT':
			return code === 'unwritable-file'
				? new DataError('missing-folder', `${path}: its folder does not exist`, {
						hint: 'create the folder first',
						cause: error,
					})
				: new DataError('missing-file', `${path}: no such file`, { hint: 'check the path', cause: error });
		case 'EEXIST':
			return new DataError('file-exists', `${path}: exists already`, { hint: 'choose another name', cause: error });
		default:
			return new DataError(code, `${path}: ${what} (${errorCode(error) ?? 'unknown cause'})`, { hint, cause: error });
	}
}

/** The system's word for an error (ENOENT, EACCES, …). */
export function errorCode(error: unknown): string | undefined {
	return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : undefined;
}
