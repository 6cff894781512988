/** The part of tfjs-core that is needed to add methods to its tensors. */
export interface TensorLibrary {
	readonly Tensor: { readonly prototype: object };
	reshape(tensor: unknown, shape: readonly number[]): unknown;
}

/** Operations that face-api calls as methods of a tensor. */
const OPERATIONS = ['div', 'expandDims', 'mean', 'mul', 'reshape', 'slice', 'sub'] as const;
const RESHAPES = ['as2D', 'as3D', 'as4D'] as const;

/**
 * Gives tensors the methods that face-api calls on them: tfjs-core has them as functions only, and the package that adds
 * all of them is 300 MB with what comes along. Changes the library's prototype.
 */
export function addChainedMethods(library: TensorLibrary): void {
	const { prototype } = library.Tensor;
	for (const name of OPERATIONS) {
		const operation: unknown = Reflect.get(library, name);
		if (typeof operation !== 'function') continue;
		define(prototype, name, function chained(this: unknown, ...rest: readonly unknown[]) {
			return operation(this, ...rest);
		});
	}
	for (const name of RESHAPES) {
		define(prototype, name, function reshaped(this: unknown, ...shape: readonly number[]) {
			return library.reshape(this, shape);
		});
	}
	define(prototype, 'as1D', function flat(this: { readonly size: number }) {
		return library.reshape(this, [this.size]);
	});
}

function define(prototype: object, name: string, method: (this: never, ...rest: never[]) => unknown): void {
	Object.defineProperty(prototype, name, { value: method, configurable: true, writable: true });
}
