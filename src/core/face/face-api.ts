import { createRequire } from 'node:module';
import { dirname, join, sep } from 'node:path';
import { PeerError } from '../errors.js';
import type { Image } from '../image/image.js';
import { addChainedMethods, type TensorLibrary } from './chained-tensor-methods.js';
import { FACE_SIDE, type FaceBox, type FoundFace } from './found-face.js';

/** `ssd` finds more; `tiny` takes half the time. */
export type Detector = 'ssd' | 'tiny';

/** Detector, landmarks and the recognition network of face-api, in the clear on this machine. */
export interface FaceApi {
	/** All faces that it finds, the largest first. */
	find(image: Image, detector: Detector): Promise<FoundFace[]>;
	/** The face that a box holds, whatever the detector says of it. */
	findIn(image: Image, box: FaceBox): Promise<FoundFace>;
	/** The descriptor of an aligned face. Shape: 150x150 RGB in, 128 numbers out. */
	describe(aligned: Image): Promise<Float32Array>;
}

/** Detections below it are mostly none. */
const MIN_CONFIDENCE = 0.3;
/** Of several, those above it are meant: turned and dark faces are found alone. */
const SURE = 0.5;
/** Side of the picture that the tiny detector sees. */
const TINY_SIDE = 416;

interface Tensor {
	dispose(): void;
}

interface Tensors extends TensorLibrary {
	enableProdMode(): void;
	setBackend(name: string): Promise<boolean>;
	ready(): Promise<void>;
	tensor3d(values: ArrayLike<number>, shape: readonly number[], kind: 'int32' | 'float32'): Tensor;
}

interface Net {
	readonly isLoaded: boolean;
	loadFromDisk(folder: string): Promise<void>;
}

interface ApiPoint {
	readonly x: number;
	readonly y: number;
}

interface ApiLandmarks {
	getLeftEye(): readonly ApiPoint[];
	getRightEye(): readonly ApiPoint[];
	getMouth(): readonly ApiPoint[];
}

interface ApiFace {
	readonly detection: { readonly score: number; readonly box: FaceBox };
	readonly landmarks: ApiLandmarks;
}

/** What is used of face-api; its own types want all of tfjs. */
interface Api {
	readonly nets: {
		readonly ssdMobilenetv1: Net;
		readonly tinyFaceDetector: Net;
		readonly faceLandmark68Net: Net & { detectLandmarks(tensor: Tensor): Promise<ApiLandmarks> };
		readonly faceRecognitionNet: Net & { computeFaceDescriptor(tensor: Tensor): Promise<Float32Array> };
	};
	readonly SsdMobilenetv1Options: new (options: object) => object;
	readonly TinyFaceDetectorOptions: new (options: object) => object;
	readonly Rect: new (x: number, y: number, width: number, height: number) => object;
	detectAllFaces(tensor: Tensor, options: object): { withFaceLandmarks(): Promise<readonly ApiFace[]> };
	extractFaceTensors(tensor: Tensor, boxes: readonly object[]): Promise<readonly Tensor[]>;
}

/** Where the weight files of the package lie. */
export function faceModelFolder(): string {
	return join(dirname(createRequire(import.meta.url).resolve('@vladmandic/face-api/package.json')), 'model');
}

/**
 * Loads face-api onto wasm: about 0.3 s and 300 MB; networks are read when they are first used.
 * Throws: PeerError `no-face-api` when a part of it is missing.
 */
export async function openFaceApi(): Promise<FaceApi> {
	const { tensors, api } = await load();
	const modelFolder = faceModelFolder();
	const need = async (net: Net): Promise<void> => {
		if (!net.isLoaded) await net.loadFromDisk(modelFolder);
	};
	const onTensor = async <Result>(
		{ samples, height, width, channels }: Image,
		work: (tensor: Tensor) => Promise<Result>,
	) => {
		if (channels !== 3) throw new RangeError('image: expected colours, see toRgb');
		const tensor = tensors.tensor3d(Int32Array.from(samples), [height, width, 3], 'int32');
		try {
			return await work(tensor);
		} finally {
			tensor.dispose();
		}
	};
	return {
		async find(image, detector) {
			const { nets } = api;
			await need(detector === 'ssd' ? nets.ssdMobilenetv1 : nets.tinyFaceDetector);
			await need(nets.faceLandmark68Net);
			const options =
				detector === 'ssd'
					? new api.SsdMobilenetv1Options({ minConfidence: MIN_CONFIDENCE })
					: new api.TinyFaceDetectorOptions({ inputSize: TINY_SIDE, scoreThreshold: MIN_CONFIDENCE });
			const faces = await onTensor(image, (tensor) => api.detectAllFaces(tensor, options).withFaceLandmarks());
			const sure = faces.filter(({ detection }) => detection.score >= SURE);
			return (sure.length > 0 ? sure : faces)
				.map(({ detection, landmarks }) => foundFace(detection.box, detection.score, landmarks))
				.toSorted((a, b) => b.box.width * b.box.height - a.box.width * a.box.height);
		},
		async findIn(image, box) {
			await need(api.nets.faceLandmark68Net);
			return await onTensor(image, async (tensor) => {
				const [face] = await api.extractFaceTensors(tensor, [new api.Rect(box.x, box.y, box.width, box.height)]);
				try {
					const landmarks = await api.nets.faceLandmark68Net.detectLandmarks(face);
					return foundFace(box, 1, landmarks, box);
				} finally {
					face.dispose();
				}
			});
		},
		async describe(aligned) {
			if (aligned.width !== FACE_SIDE || aligned.height !== FACE_SIDE) {
				throw new RangeError(`aligned: expected ${FACE_SIDE}x${FACE_SIDE}, got ${aligned.width}x${aligned.height}`);
			}
			await need(api.nets.faceRecognitionNet);
			return await onTensor(aligned, (tensor) => api.nets.faceRecognitionNet.computeFaceDescriptor(tensor));
		},
	};
}

function foundFace(
	{ x, y, width, height }: FaceBox,
	score: number,
	landmarks: ApiLandmarks,
	shift: ApiPoint = { x: 0, y: 0 },
): FoundFace {
	const centre = (points: readonly ApiPoint[]): ApiPoint => ({
		x: shift.x + points.reduce((sum, point) => sum + point.x, 0) / points.length,
		y: shift.y + points.reduce((sum, point) => sum + point.y, 0) / points.length,
	});
	return {
		box: { x, y, width, height },
		score,
		eyes: { left: centre(landmarks.getLeftEye()), right: centre(landmarks.getRightEye()) },
		mouth: centre(landmarks.getMouth()),
	};
}

async function load(): Promise<{ readonly tensors: Tensors; readonly api: Api }> {
	const require = createRequire(import.meta.url);
	try {
		const tensors: Tensors = require('@tensorflow/tfjs');
		// otherwise the second copy of tfjs-core, which the backend brings, writes a warning to stderr
		tensors.enableProdMode();
		addChainedMethods(tensors);
		const wasm: { setWasmPaths(folder: string): void } = require('@tensorflow/tfjs-backend-wasm');
		const folder = join(dirname(require.resolve('@tensorflow/tfjs-backend-wasm/package.json')), 'wasm-out');
		wasm.setWasmPaths(folder + sep);
		if (!(await tensors.setBackend('wasm'))) throw new Error('the wasm backend did not start');
		await tensors.ready();
		const api: Api = require('@vladmandic/face-api/dist/face-api.node-wasm.js');
		return { tensors, api };
	} catch (cause) {
		throw new PeerError('no-face-api', 'the face detector cannot be loaded', {
			hint: 'Install veilcam again, with its dependencies.',
			cause,
		});
	}
}
