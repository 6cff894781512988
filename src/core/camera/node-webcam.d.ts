/** The part of node-webcam 0.8 that is used; it brings no types. */
declare module 'node-webcam' {
	interface CaptureOptions {
		width: number;
		height: number;
		/** JPEG 1..100; PNG 0..9 is the effort of zlib. */
		quality: number;
		output: 'jpeg' | 'png' | 'bmp';
		/** false = the default device. Goes into a shell line as it is. */
		device: string | false;
		/** Frames to throw away first (fswebcam). */
		skip: number;
		/** Keeps every shot of the instance in memory unless false. */
		saveShots: boolean;
		callbackReturn: 'location' | 'buffer' | 'base64';
		verbose: boolean;
	}

	interface Camera {
		/** First words of the shell line. */
		bin: string;
		/** `location` goes into a shell line as it is. */
		capture(location: string, callback: (error: Error | null) => void): void;
	}

	const NodeWebcam: {
		/** Fills `options` with defaults in place, and throws where it has no program for the platform. */
		create(options: CaptureOptions): Camera;
	};
	export default NodeWebcam;
}
