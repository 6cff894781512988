import { readFileSync } from 'node:fs';
import protobuf from 'protobufjs';
import { DataError } from '../errors.js';
import { packagePath } from '../package-root.js';

const PROTO_FILE = ['third-party', 'onnx.proto'] as const;

// What protobufjs makes of a file: every field may be missing, and no size in it is to be believed.

export interface ModelProto {
	readonly irVersion?: number;
	readonly producerName?: string;
	readonly graph?: GraphProto;
	readonly opsetImport?: readonly { readonly domain?: string; readonly version?: number }[];
}

export interface GraphProto {
	readonly name?: string;
	readonly node?: readonly NodeProto[];
	readonly initializer?: readonly TensorProto[];
	readonly sparseInitializer?: readonly unknown[];
	readonly input?: readonly ValueInfoProto[];
	readonly output?: readonly ValueInfoProto[];
}

export interface NodeProto {
	readonly name?: string;
	readonly opType?: string;
	readonly domain?: string;
	readonly input?: readonly string[];
	readonly output?: readonly string[];
	readonly attribute?: readonly AttributeProto[];
}

export interface AttributeProto {
	readonly name?: string;
	readonly f?: number;
	readonly i?: number;
	readonly s?: Uint8Array;
	readonly t?: TensorProto;
	readonly floats?: readonly number[];
	readonly ints?: readonly number[];
}

export interface TensorProto {
	readonly name?: string;
	readonly dims?: readonly number[];
	readonly dataType?: number;
	readonly floatData?: readonly number[];
	readonly int32Data?: readonly number[];
	readonly int64Data?: readonly number[];
	readonly uint64Data?: readonly number[];
	readonly doubleData?: readonly number[];
	readonly rawData?: Uint8Array;
	readonly dataLocation?: number;
	readonly externalData?: readonly { readonly key?: string; readonly value?: string }[];
}

export interface ValueInfoProto {
	readonly name?: string;
	readonly type?: {
		readonly tensorType?: {
			readonly elemType?: number;
			readonly shape?: { readonly dim?: readonly { readonly dimValue?: number; readonly dimParam?: string }[] };
		};
	};
}

/**
 * Reads a model as the official .proto describes it. Longs become numbers, rounded from 2^53 on.
 * Throws: DataError `bad-model` for bytes that are no such message.
 */
export function decodeModel(bytes: Uint8Array, name: string): ModelProto {
	const { root } = protobuf.parse(readFileSync(packagePath(...PROTO_FILE), 'utf8'));
	const type = root.lookupType('onnx.ModelProto');
	try {
		return type.toObject(type.decode(bytes), { longs: Number });
	} catch (cause) {
		throw new DataError('bad-model', `${name}: not an ONNX model, or cut off`, {
			hint: 'Export it again, for example with torch.onnx.export.',
			cause,
		});
	}
}
